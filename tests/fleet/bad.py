"""Words that somebody may give as a name, a directory or a value, and that never run anything."""

# What each of them would make, were it run.
PWNED = "pwned"

WORDS = {
    "a blank": "two words",
    "blanks at the ends": " both ",
    "nothing": "",
    "single quotes": "it's 'quoted'",
    "double quotes": 'a "b" c',
    "both quotes": """'"'"'""",
    "a substitution": f"$(touch {PWNED})",
    "backquotes": f"`touch {PWNED}`",
    "a substitution in quotes": f"'$(touch {PWNED})'",
    "fish's substitution": f"(touch {PWNED})",
    "a semicolon": f"a; touch {PWNED}",
    "an ampersand": f"a & touch {PWNED}",
    "and": f"a && touch {PWNED}",
    "a pipe": f"a | touch {PWNED}",
    "a redirection": f"a > {PWNED}",
    "a backslash": "a\\b",
    "a backslash at the end": "a\\",
    "backslashes and quotes": "\\'\\\"\\\\'",
    "an exclamation mark": "a!b",
    "history": "!! !$ !touch !-1",
    "history in quotes": "'!!'\"!!\"",
    "a substitution of history": "^a^b",
    "a variable": "$HOME ${HOME} $1 $$",
    "a home": "~/x",
    "zsh's path of a program": "=ls",
    "a pattern": "* ?.[a-z]",
    "braces": "{a,b}",
    "percent": "%1 %s %%",
    "a comment": "#a #b",
    "an option": "-rf",
    "the end of options": "--",
    "tmux's format": f"#(touch {PWNED}) #S",
    "not of ASCII": "größe 日本語",
    "plain": "opencode-development-api-1a2b3c",
    "a path": "/a/b.c:d=e-f_g",
}

CONTROL = {
    "a line break": f"a\ntouch {PWNED}",
    "a carriage return": f"a\rtouch {PWNED}",
    "nothing at all": "a\0b",
    "an escape": "a\x1b[31mb",
    "a tab": "a\tb",
    "delete": "a\x7fb",
}
