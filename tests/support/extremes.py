"""Columns of every type of each engine, and the values at their ends.

Values are JSON texts, since a number that Python has read may be another.
`same` come back letter by letter; `becomes` are pairs of what is sent and what
is read; `refused` are pairs of what is sent and what the message says behind
the field's name.
"""

import json

TABLE = "/api/v2/types/_table/extremes"


class Column:
    def __init__(self, name, type, same=(), becomes=(), refused=()):
        self.name = name
        self.type = type
        self.same = same
        self.becomes = becomes
        self.refused = refused

    @property
    def pairs(self):
        return [(value, value) for value in self.same] + list(self.becomes)


def text(value):
    return json.dumps(value, ensure_ascii=False)


def integer(name, type, least, most):
    bound = f"must be an integer from {least} to {most}."
    signed = "must be an integer of 64 bits with sign."
    above = most + 1
    return Column(
        name, type, [str(least), str(most), "0"],
        [("-0", "0"), (f'"{most}"', str(most))],
        [(str(least - 1) if least > -1 << 63 else "-9223372036854775809",
          bound if least > -1 << 63 else "must be a valid integer."),
         (str(above), bound if above < 1 << 63 else
          signed if above < 1 << 64 else "must be a valid integer."),
         ("1.0", "must be a valid integer."),
         ("1e2", "must be a valid integer."),
         ("true", "must be a valid integer."),
         ('""', "must be a valid integer.")])


def signed(name, type, bits):
    return integer(name, type, -1 << bits - 1, (1 << bits - 1) - 1)


def unsigned(name, type, bits):
    return integer(name, type, 0, (1 << bits) - 1)


HELD = "has a value that its column cannot hold."
RANGE = "is out of the range that its column has."
DATE = "must be a date (YYYY-MM-DD)."
MOMENT = "must be a date and time (YYYY-MM-DD HH:MM:SS)."
ZONE = "must be a date and time without a zone (YYYY-MM-DD HH:MM:SS)."
TIME = "must be a time from -838:59:59 to 838:59:59."
YEAR = "must be a year from 1901 to 2155, or 0."
FLOAT = "must be a number from -3.40282e+38 to 3.40282e+38."
NUMBER = "must be a valid number."
BASE64 = "must be a string in base64."
GEOMETRY = "must be a geometry as it is read: SRID and WKB in base64."
JSON = "must be JSON."
POINT = '"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA=="'
LINE = '"AAAAAAECAAAAAQAAAAAAAAAAAPA/AAAAAAAAAEA="'
BOOLEAN = {
    "same": ["true", "false"],
    "becomes": [("1", "true"), ("0", "false"), ('"yes"', "true"),
                ('"TRUE"', "true"), ('"no"', "false"), ('"off"', "false")],
    "refused": [("2", "must be true or false."),
                ('"maybe"', "must be true or false."),
                ('""', "must be true or false.")]}
DOUBLE = {
    "same": ["0.1", "-0.1", "5e-324", "2.2250738585072014e-308",
             "1.7976931348623157e+308", "-1.7976931348623157e+308",
             "0.30000000000000004", "3.141592653589793", "0", "123456789"],
    "becomes": [("1e308", "1e+308"), ("10.0", "10"), ("-0.0", "0"),
                ('"2.5"', "2.5"), ("9007199254740993", "9007199254740992")],
    "refused": [("1e400", NUMBER), ('"nan"', NUMBER), ("true", NUMBER)]}
TEXTS = ['""', '"a\\u0000b"', '"\\u0000"', '"é漢😀"', '"\\\\ \\" \\n \\u0001"',
         '"null"', '" x "', text("'; DROP TABLE extremes; --")]
BLOBS = ['""', '"AA=="', '"AP8="', '"/+7d"', '"JyI7LS0="']


def longest(name, type, length, letter="é"):
    """A text of so many characters at most."""
    return Column(
        name, type, [text(letter * length), '""'], [],
        [(text(letter * length + "a"),
          f"must have at most {length} characters."),
         ("true", "must be a string."), ("[]", "must be a string.")])


MYSQL = [
    signed("tiny", "TINYINT", 8), unsigned("utiny", "TINYINT UNSIGNED", 8),
    signed("small", "SMALLINT", 16),
    unsigned("usmall", "SMALLINT UNSIGNED", 16),
    signed("medium", "MEDIUMINT", 24),
    unsigned("umedium", "MEDIUMINT UNSIGNED", 24),
    signed("normal", "INT", 32), unsigned("unormal", "INT UNSIGNED", 32),
    signed("big", "BIGINT", 64), unsigned("ubig", "BIGINT UNSIGNED", 64),
    unsigned("zeros", "INT(6) ZEROFILL", 32),
    Column("year_", "YEAR", ["0", "1901", "2155"], [('"2024"', "2024")],
           [(value, YEAR) for value in
            ("1900", "2156", "1", "5", "70", '"99"', "-1")]),
    Column("bit1", "BIT(1)", **BOOLEAN),
    integer("bit5", "BIT(5)", 0, 31),
    unsigned("bit64", "BIT(64)", 64),
    Column("truth", "BOOLEAN", **BOOLEAN),
    Column("digits", "DECIMAL(65,30)",
           ["12345678901234567890123456789012345."
            "123456789012345678901234567890",
            "9" * 35 + "." + "9" * 30, "-" + "9" * 35 + "." + "9" * 30,
            "0." + "0" * 29 + "1"],
           [("-0", "0." + "0" * 30), ("1e-30", "0." + "0" * 29 + "1"),
            ("1E5", "100000." + "0" * 30), ('"1.5"', "1.5" + "0" * 29),
            ("0." + "0" * 30 + "1", "0." + "0" * 30)],
           [("1" + "0" * 35, "must have at most 35 digits before the point."),
            ("1e35", "must have at most 35 digits before the point."),
            ('"1.1.1"', NUMBER)]),
    Column("whole", "DECIMAL(65,0)", ["9" * 65, "-" + "9" * 65, "0"], [],
           [("1" + "0" * 65, "must have at most 65 digits before the point.")]),
    Column("price", "DECIMAL(10,2)", ["99999999.99", "-99999999.99", "1.10"],
           [("-0.00", "0.00"), ("1.005", "1.01"), ("5", "5.00"),
            ("99999999.994", "99999999.99")],
           [("100000000", "must have at most 8 digits before the point."),
            ("99999999.995", RANGE)]),
    Column("uprice", "DECIMAL(10,2) UNSIGNED", ["0.00", "1.10"], [],
           [("-0.01", "must not be below 0.")]),
    Column("zprice", "DECIMAL(10,2) ZEROFILL", ["0.00", "1.10"]),
    Column("single", "FLOAT",
           ["0.1", "-0.1", "3.4028235e+38", "1.1754944e-38", "1e-45",
            "16777216", "0"],
           [("16777217", "16777216"), ("3.4028235e38", "3.4028235e+38"),
            ("-0.0", "0"), ("1.17549435e-38", "1.1754944e-38")],
           [("3.5e38", FLOAT), ("-1e308", FLOAT), ("1e400", NUMBER)]),
    Column("places", "FLOAT(7,2)", ["99999.99", "0.1"], [("1.005", "1")],
           [("123456", RANGE)]),
    Column("double_", "DOUBLE", **DOUBLE),
    Column("udouble", "DOUBLE UNSIGNED", ["0.1"], [],
           [("-5e-324", "must not be below 0.")]),
    Column("day", "DATE",
           ['"0000-00-00"', '"0001-01-01"', '"9999-12-31"', '"2024-02-29"',
            '"2024-00-00"', '"2024-02-00"'],
           [("20240229", '"2024-02-29"')],
           [('"2023-02-29"', DATE), ('"2024-2-9"', DATE), ('"x"', DATE),
            ('"2024-02-29 00:00:00"', DATE), ("1700000000", HELD),
            ("1.5", DATE), ("true", DATE)]),
    Column("clock", "TIME",
           ['"838:59:59"', '"-838:59:59"', '"00:00:00"', '"24:00:00"'],
           [('"12:30"', '"12:30:00"'), ('"12:30:15.9"', '"12:30:15"')],
           [('"839:00:00"', TIME), ('"-999:00:00"', TIME),
            ('"12:61:00"', "must be a time (HH:MM:SS).")]),
    Column("clock6", "TIME(6)",
           ['"838:59:59.000000"', '"-838:59:59.000000"',
            '"-00:00:00.000001"', '"12:30:15.123456"']),
    Column("moment", "DATETIME",
           ['"0000-00-00 00:00:00"', '"0001-01-01 00:00:00"',
            '"9999-12-31 23:59:59"'],
           [('"2024-02-29T12:30:15"', '"2024-02-29 12:30:15"'),
            ('"2024-02-29"', '"2024-02-29 00:00:00"'),
            ('"9999-12-31 23:59:59.9"', '"9999-12-31 23:59:59"')],
           [('"2024-02-29T12:30:15Z"', ZONE),
            ('"2024-02-29T12:30:15.000Z"', ZONE), ("1700000000", HELD),
            ('"2024-02-29 24:00:00"', MOMENT)]),
    Column("moment6", "DATETIME(6)",
           ['"9999-12-31 23:59:59.999999"', '"0001-01-01 00:00:00.000001"'],
           [('"2024-02-29 12:30:15"', '"2024-02-29 12:30:15.000000"')]),
    Column("stamp", "TIMESTAMP NULL",
           ['"0000-00-00 00:00:00"', '"2024-03-31 02:30:00"'], [],
           [('"2039-01-01 00:00:00"', HELD), ('"1969-01-01 00:00:00"', HELD)]),
    Column("stamp6", "TIMESTAMP(6) NULL", ['"2037-12-31 23:59:59.999999"']),
    Column("choice", "ENUM('x','Y','','10','it''s','a b') COLLATE "
           "utf8mb4_general_ci",
           ['"x"', '"Y"', '""', '"10"', '"it\'s"', '"a b"'],
           [('"X"', '"x"'), ('"x  "', '"x"'), ("10", '"10"')],
           [(value, "must be one of 'x', 'Y', '', '10', 'it's', 'a b'.")
            for value in ('"q"', "1", '"2"', '" x"', '"x,Y"')] +
           [('"ß"', HELD), ("true", "must be a string.")]),
    Column("latin_choice", "ENUM('é','x') CHARACTER SET latin1",
           ['"é"', '"x"'], [], [("1", "must be one of 'é', 'x'."),
                                ('"漢"', HELD)]),
    Column("some", "SET('a','b','c d','é')",
           ['""', '"a"', '"a,b"', '"a,b,c d,é"'],
           [('"b,a"', '"a,b"'), ('"a,a"', '"a"')],
           [(value, "must be some of 'a', 'b', 'c d', 'é', with commas "
             "between them.") for value in ("3", '"3"', '"a,"')] +
           [('"q"', HELD)]),
    Column("document", "JSON",
           ['"{\\"a\\": [1, 2.50, \\"é\\"]}"', '"null"', '"[]"', '"1.50"',
            '"{\\"a\\":1,\\"a\\":2}"'],
           [('{"a": [1, 2.50]}', '"{\\"a\\": [1, 2.50]}"'),
            ("true", '"true"'), ("1.50", '"1.50"'),
            ('{"expression":"NOW()"}', text('{"expression":"NOW()"}'))],
           [('"text"', JSON), ('""', JSON), ('"{"', JSON)]),
    Column("fixed", "BINARY(4)", ['"AAECAw=="', '"AAAAAA=="'],
           [('"AAE="', '"AAEAAA=="'), ('""', '"AAAAAA=="')],
           [('"AAECAwQ="', "must have at most 4 bytes."), ('"x"', BASE64)]),
    Column("bytes", "VARBINARY(8)", [*BLOBS, '"AAECAwQFBgc="'], [],
           [('"AAECAwQFBgcI"', "must have at most 8 bytes."), ("5", BASE64)]),
    Column("blob_", "BLOB", BLOBS),
    Column("tinyblob_", "TINYBLOB", [text("QUJD" * 85)], [],
           [(text("QUJD" * 85 + "QQ=="), "must have at most 255 bytes.")]),
    Column("longblob_", "LONGBLOB", [text("QUJD" * 30000)]),
    Column("fixed_text", "CHAR(4)", ['"abcd"', '"  ab"', '"é漢😀z"', '""'],
           [('"ab  "', '"ab"'), ('"abcd   "', '"abcd"')],
           [('"abcde"', "must have at most 4 characters.")]),
    longest("short_text", "VARCHAR(8)", 8),
    longest("wide_text", "VARCHAR(8)", 8, letter="😀"),
    Column("kept_blanks", "VARCHAR(8)", ['"a  "', *TEXTS[:4]],
           [("1.50", '"1.50"')],
           [('"12345678 "', "must have at most 8 characters.")]),
    Column("text_", "TEXT", TEXTS),
    Column("tinytext_", "TINYTEXT", [text("é" * 127 + "a")], [],
           [(text("é" * 128), "must have at most 255 bytes."),
            (text("a" * 256), "must have at most 255 bytes.")]),
    Column("mediumtext_", "MEDIUMTEXT", TEXTS),
    Column("longtext_", "LONGTEXT", [*TEXTS, text("漢" * 30000)]),
    Column("latin", "VARCHAR(8) CHARACTER SET latin1",
           ['"éÿ€"', text("é" * 8)], [],
           [('"漢"', HELD), ('"a😀"', HELD),
            (text("é" * 9), "must have at most 8 characters.")]),
    Column("latin_text", "TEXT CHARACTER SET latin1", ['"éÿ€ \\u0000"'], [],
           [('"漢"', HELD)]),
    Column("wide", "VARCHAR(8) CHARACTER SET utf16", ['"é漢😀"', '""']),
    Column("wide_long", "TINYTEXT CHARACTER SET utf16", [text("a" * 127)],
           [], [(text("a" * 128), "must have at most 127 characters.")]),
    Column("three", "VARCHAR(8) CHARACTER SET utf8mb3", ['"é漢"'], [],
           [('"😀"', HELD)]),
    Column("ascii_", "VARCHAR(8) CHARACTER SET ascii", ['"a"'], [],
           [('"é"', HELD)]),
    Column("sjis_", "VARCHAR(8) CHARACTER SET sjis", ['"漢字"'], [],
           [('"é"', HELD)]),
    Column("uuid_", "UUID", ['"123e4567-e89b-12d3-a456-426655440000"'],
           [('"123E4567-E89B-12D3-A456-426655440000"',
             '"123e4567-e89b-12d3-a456-426655440000"')], [('"x"', HELD)]),
    Column("inet6_", "INET6", ['"2001:db8::1"', '"::"'], [], [('"x"', HELD)]),
    Column("inet4_", "INET4", ['"192.0.2.1"'], [], [('"x"', HELD)]),
    Column("shape", "GEOMETRY", [POINT, LINE], [],
           [('"AAAA"', GEOMETRY), ('""', GEOMETRY), ('"POINT(1 2)"', BASE64),
            ('"AQEAAAAAAAAAAADwPwAAAAAAAABA"', GEOMETRY)]),
    Column("point_", "POINT", [POINT], [], [(LINE, HELD)]),
    Column("hidden", "INT INVISIBLE", ["5"]),
    Column("given", "VARCHAR(40) DEFAULT (uuid())", ['"x"']),
]

SQLITE = [
    signed("tiny", "TINYINT", 64), signed("normal", "INTEGER", 64),
    signed("big", "BIGINT", 64), signed("ubig", "UNSIGNED BIG INT", 64),
    Column("truth", "BOOLEAN", **BOOLEAN),
    Column("tinytruth", "TINYINT(1)", **BOOLEAN),
    Column("bit_", "bit", **BOOLEAN), Column("bit1", "BIT(1)", **BOOLEAN),
    signed("bit5", "BIT(5)", 64),
    Column("price", "DECIMAL(10,2)",
           ["99999999.99", "-99999999.99", "1.1", "1.005"],
           [("1.10", "1.1"), ("-0.00", "0"), ("1e7", "10000000")],
           [("100000000", "must have at most 8 digits before the point."),
            ("1.0000000000000001", "has more than the 15 significant digits "
             "that the database keeps.")]),
    Column("any_digits", "NUMERIC",
           ["9223372036854775807", "0.123456789012345"], [("1e300", "1e+300")],
           [("1e400", "is out of the range that the database has."),
            ("12345678901234567890.5",
             "has more than the 15 significant digits that the database "
             "keeps.")]),
    Column("digits", "DECIMAL_TEXT",
           ["1.10", "12345678901234567890.123456789012345678901234567890"]),
    Column("single", "FLOAT", **DOUBLE),
    Column("double_", "DOUBLE", **DOUBLE),
    Column("real_", "REAL", **DOUBLE),
    Column("day", "DATE",
           ['"0000-00-00"', '"0001-01-01"', '"9999-12-31"', '"2024-02-29"',
            "1700000000", "2460369.5"], [],
           [('"2023-02-29"', DATE), ('"2024-00-00"', DATE), ('"x"', DATE)]),
    Column("clock", "TIME",
           ['"838:59:59.000000"', '"-999:59:59"', '"12:30"', "45000",
            "0.5"], [], [('"12:61"', "must be a time (HH:MM:SS).")]),
    Column("moment", "DATETIME",
           ['"0000-00-00 00:00:00"', '"9999-12-31 23:59:59.999999"',
            '"2024-02-29T12:30:15.000Z"', '"2024-02-29 12:30:15+02:00"',
            "1709209815", "2460369.5"], [],
           [('"2024-02-29 24:00:00"', MOMENT)]),
    Column("stamp", "TIMESTAMP", ['"2999-01-01 00:00:00"', "1709209815"]),
    Column("document", "JSON",
           ['"{\\"a\\": [1, 2.50, \\"é\\"]}"', '"null"', '"[]"',
            '"{\\"a\\":1,\\"a\\":2}"', "1.5"],
           [('{"a": [1, 2.50]}', '"{\\"a\\": [1, 2.50]}"'),
            ("true", '"true"')],
           [('"text"', JSON), ('""', JSON), ('"{"', JSON)]),
    Column("bytes", "VARBINARY(8)", [*BLOBS, '"AAECAwQFBgc="'], [],
           [('"AAECAwQFBgcI"', "must have at most 8 bytes."), ("5", BASE64)]),
    Column("blob_", "BLOB", [*BLOBS, text("QUJD" * 30000)]),
    longest("short_text", "VARCHAR(8)", 8),
    longest("wide_text", "NVARCHAR(8)", 8, letter="😀"),
    Column("kept_blanks", "CHAR(8)", ['"a  "', *TEXTS[:4]],
           [("1.50", '"1.50"')],
           [('"12345678 "', "must have at most 8 characters.")]),
    Column("text_", "TEXT", [*TEXTS, '"007"', text("漢" * 30000)]),
    Column("clob_", "CLOB", TEXTS),
    Column("free", "", [*TEXTS, '"007"', "7", "0.5", "-1"],
           [("true", "1"), ("5.0", "5")],
           [("[]", "must be a string, number or boolean."),
            ("18446744073709551615",
             "must be an integer of 64 bits with sign.")]),
    Column("uuid_", "UUID", ['"123E4567-E89B-12D3-A456-426655440000"']),
    Column("given", "TEXT DEFAULT (hex(randomblob(4)))", ['"x"']),
]

COLUMNS = {"mysql": MYSQL, "sqlite": SQLITE}


def sql(engine):
    columns = ", ".join(f'"{column.name}" {column.type}'
                        for column in COLUMNS[engine.type])
    return f"CREATE TABLE extremes (id {engine.key}, {columns});\n"
