"""The words of the project as values: frozen, keyword-only, with no secret in any `repr`.

Times are aware datetimes in UTC; lengths of time are in seconds.
"""
