"""Names that come with data, written into Python files."""


def quote(text: str) -> str:
    """Write a string as Python, so that it stays a string.

    MMEngine replaces ``{{...}}`` in the text of a config before it reads it,
    by environment variables for one; in a name it must mean nothing.

    Args:
        text (str): Any text.

    Returns:
        str: A literal in quotes.
    """
    return without_braces(repr(str(text)))


def without_braces(source: str) -> str:
    """Take what MMEngine would replace out of the strings of a source.

    Args:
        source (str): Python. Outside strings it never has two braces.

    Returns:
        str: The same program.
    """
    return source.replace('{{', '{\\x7b')
