"""What attackers send in place of a name, a number, a text or a filter.

Bytes go as they are; no payload has the word that tests keep secret.
"""

QUOTES = ["'", '"', "`", "''", '""', "``", "\\", "\\'", "'\\''", "';", '";',
          "`;", "')", "'))", "%27", "%2527", "ʼ", "＇", "’", "\x27\x22\x60"]

SQL = [
    "1' OR '1'='1", '1" OR "1"="1', "1 OR 1=1", "1) OR (1=1", "1)) OR ((1=1",
    "' OR 1=1 --", "' OR 1=1 #", "' OR 1=1 /*", "1; DROP TABLE goods",
    "'; DROP TABLE goods; --", "1; DELETE FROM goods", "1;SELECT 1",
    "'; UPDATE goods SET amount = 0; --", "id`; DROP TABLE goods; --",
    'id"; DROP TABLE goods; --', "goods`; DELETE FROM secrets; --",
    "' UNION SELECT word FROM secrets --", "1 UNION SELECT word FROM secrets",
    "1 UNION ALL SELECT 1,2,3,4,5,6,7,8,word FROM secrets",
    "(SELECT word FROM secrets)", "id,(SELECT word FROM secrets)",
    "(SELECT CASE WHEN 1=1 THEN id ELSE name END)",
    "id desc, (SELECT word FROM secrets)", "id in (SELECT id FROM secrets)",
    "EXISTS (SELECT 1 FROM secrets)", "secrets.word", "`secrets`.`word`",
    "id) FROM secrets --", "*,word", "goods.*", "COUNT(*) FROM secrets",
    "SUM((SELECT 1))", "MAX(word)", "MIN(secrets.word)", "COUNT(id);--",
    "1 AND SLEEP(5)", "SLEEP(5)", "BENCHMARK(100000000,MD5(1))",
    "randomblob(1000000000)", "1 AND 1=RANDOMBLOB(500000000/2)",
    "load_extension('/tmp/x')", "readfile('/etc/passwd')",
    "LOAD_FILE('/etc/passwd')", "1 INTO OUTFILE '/tmp/hostile'",
    "ATTACH DATABASE '/tmp/hostile' AS x", "1;PRAGMA writable_schema=1",
    "sqlite_master", "sqlite_schema.sql", "information_schema.tables",
    "mysql.user", "main.secrets", "temp.x", "rowid", "_rowid_", "oid",
    "@@version", "@a:=1", "version()", "user()", "extractvalue(1,0x7e)",
    "/*!50000 SELECT*/ 1", "1/**/OR/**/1=1", "1--", "1#", "--", "#", "/*",
    "*/", "/**/", ";", "?", "??", ":p", ":1", "$1", "@p", "1e0", "0x27",
    "CHAR(39)", "X'27'", "x'", "N'a'", "_utf8'a'", "BINARY 'a'", "NULL",
    "null", "DEFAULT", "NOW()", "CURRENT_USER", "TRUE", "like '%'",
    "name LIKE '%' ESCAPE '!'", "HAVING 1=1", "LIMIT 1", "1 LIMIT 1 OFFSET 1",
    "PROCEDURE ANALYSE()", "FOR UPDATE", "1 COLLATE NOCASE", "ROW(1,1)",
]

NUMBERS = ["-1", "0", "00", "+1", "1.0", "1e308", "1e309", "-1e309", "NaN",
           "Infinity", "-0", "9223372036854775807", "9223372036854775808",
           "-9223372036854775809", "18446744073709551616", "1_000", "1,000",
           "٣", "0b1", "0o7", "99999999999999999999999999999999999999"]

SHAPES = ["[]", "{}", "[[]]", "[1", "{\"$gt\":\"\"}", "['a']", "[$ne]",
          "{\"expression\":\"SLEEP(5)\"}", "true", "false", "()", "(", ")",
          "((((((((((", "(1,2", "1,2)", ",", ",,", ",,,,,,,,", ".", "..",
          "a.b.c.d.e", ".id", "id.", "=", "==", "<", ">", "&", "&&", "|",
          "||", "!", "not", "and", "or", "not not not id = 1", "id = id",
          "id = 1 or", "in", "*", "**", "%", "_", "%_%"]

OTHERS = ["../../etc/passwd", "..%2f..%2fetc", "file:///etc/passwd",
          "http://127.0.0.1:1/", "a\nb", "a\r\nSet-Cookie: x=1", "\t", " ",
          "  ", "\x01", "\x1b[31m", "\x7f", "\u200b", "\ufeff", "\u202e",
          "é", "漢字", "😀", "%s%s%n", "%x", "{{7*7}}", "${7*7}", "#{7*7}",
          "{user.id}", "{session.token}", "<script>alert(1)</script>",
          "<!ENTITY x SYSTEM \"file:///etc/passwd\">", "=1+1", "@SUM(1)",
          "a" * 5000, "(" * 500, "'" * 501, "`" * 501, "1," * 3000,
          "not " * 500, "id = 1 or " * 300]

TEXTS = QUOTES + SQL + NUMBERS + SHAPES + OTHERS

# What is no attack: for what it gives, the same must hold.
HARMLESS = ["id", "name", "id,name", "name desc", "COUNT(*)", "MAX(name)",
            "shown,MIN(name),MAX(name)", "name,COUNT(*)", "1", "9", "1,9",
            "parts", "goods_by_good", "makers", "*", "name like '%'",
            "id > 0", "parts.name like '%'", "makers.goods.id = 9", "name,id",
            "hunter", "h%", "p", "MAX_name like '%'", "COUNT_ALL > 0"]

# No text at all: only a URL can carry them.
BYTES = [b"%00", b"a%00b", b"%ff", b"%c0%a7", b"%ed%a0%80", b"%f4%90%80%80",
         b"%bf%27", b"%a1", b"%e0%80%a7", b"%", b"%2", b"%zz", b"%u0027"]
