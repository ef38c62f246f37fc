-- The demo database: countries, subdivisions, currencies and languages from
-- Debian's iso-codes package, and 100 000 orders. Every run makes the same
-- rows. Run by the sqlite3 command in the folder of the package's JSON files:
--
--	cd /usr/share/iso-codes/json && sqlite3 FILE <deploy/demo-data.sql

.bail on
PRAGMA journal_mode = WAL;
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE country (
	code CHAR(2) PRIMARY KEY NOT NULL,
	alpha_3 CHAR(3) NOT NULL UNIQUE,
	numeric_code CHAR(3) NOT NULL UNIQUE,
	name VARCHAR(100) NOT NULL,
	official_name VARCHAR(200),
	flag VARCHAR(8) NOT NULL
);

CREATE TABLE subdivision (
	code VARCHAR(6) PRIMARY KEY NOT NULL,
	country_code CHAR(2) NOT NULL REFERENCES country (code),
	parent_code VARCHAR(6) REFERENCES subdivision (code)
		DEFERRABLE INITIALLY DEFERRED,
	name VARCHAR(200) NOT NULL,
	type VARCHAR(100) NOT NULL
);

-- country_code is NULL for money of no single country, such as the euro.
CREATE TABLE currency (
	code CHAR(3) PRIMARY KEY NOT NULL,
	country_code CHAR(2) REFERENCES country (code),
	numeric_code CHAR(3) NOT NULL,
	name VARCHAR(100) NOT NULL
);

CREATE TABLE language (
	code CHAR(3) PRIMARY KEY NOT NULL,
	alpha_2 CHAR(2) UNIQUE,
	name VARCHAR(100) NOT NULL,
	living BOOLEAN NOT NULL
);

CREATE TABLE orders (
	id INTEGER PRIMARY KEY,
	customer VARCHAR(60) NOT NULL,
	country_code CHAR(2) NOT NULL REFERENCES country (code),
	currency_code CHAR(3) NOT NULL REFERENCES currency (code),
	language_code CHAR(3) NOT NULL REFERENCES language (code),
	status VARCHAR(10) NOT NULL,
	amount DECIMAL(10, 2) NOT NULL,
	paid BOOLEAN NOT NULL,
	ordered_on DATE NOT NULL,
	note TEXT
);

INSERT INTO country
SELECT value ->> 'alpha_2', value ->> 'alpha_3', value ->> 'numeric',
	value ->> 'name', value ->> 'official_name', value ->> 'flag'
FROM json_each(readfile('iso_3166-1.json'), '$."3166-1"');

-- A parent stands there with or without its country: "NX" is "AZ-NX".
INSERT INTO subdivision
WITH entry (code, parent, name, type) AS (
	SELECT value ->> 'code', value ->> 'parent', value ->> 'name',
		value ->> 'type'
	FROM json_each(readfile('iso_3166-2.json'), '$."3166-2"')
)
SELECT code, substr(code, 1, 2),
	CASE WHEN instr(parent, '-') THEN parent
	ELSE substr(code, 1, 3) || parent END,
	name, type
FROM entry;

-- A national currency's code begins with the code of its country.
INSERT INTO currency
SELECT entry.value ->> 'alpha_3', country.code, entry.value ->> 'numeric',
	entry.value ->> 'name'
FROM json_each(readfile('iso_4217.json'), '$."4217"') AS entry
LEFT JOIN country ON country.code = substr(entry.value ->> 'alpha_3', 1, 2);

INSERT INTO language
SELECT value ->> 'alpha_3', value ->> 'alpha_2', value ->> 'name',
	value ->> 'type' = 'L'
FROM json_each(readfile('iso_639-3.json'), '$."639-3"');

-- Orders count through the lists with strides that share no factor with them.
CREATE TEMP TABLE buyer AS
SELECT row_number() OVER (ORDER BY country.code) - 1 AS i,
	country.code AS country_code,
	coalesce(min(currency.code), 'EUR') AS currency_code
FROM country
LEFT JOIN currency ON currency.country_code = country.code
GROUP BY country.code;
CREATE UNIQUE INDEX temp.buyer_i ON buyer (i);

CREATE TEMP TABLE tongue AS
SELECT row_number() OVER (ORDER BY code) - 1 AS i, code
FROM language WHERE alpha_2 IS NOT NULL;
CREATE UNIQUE INDEX temp.tongue_i ON tongue (i);

INSERT INTO orders
WITH RECURSIVE
n (id) AS (
	SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 100000
),
word (given, family, state) AS (
	SELECT
		'["Ada","Alan","Barbara","Katherine","Dennis","Donald","Edsger",'
		|| '"Frances","Grace","Hedy","John","Ken","Margaret"]',
		'["Allen","Dijkstra","Hamilton","Hopper","Kernighan","Knuth",'
		|| '"Lamarr","Liskov","Lovelace","Ritchie","Shannon",'
		|| '"Thompson","Turing","Wirth"]',
		'["new","packed","sent","delivered","returned"]'
)
SELECT id,
	(given ->> (id % 13)) || ' ' || (family ->> (id % 14)),
	buyer.country_code,
	buyer.currency_code,
	tongue.code,
	state ->> (id * 7 % 5),
	(id * 7919 % 999983 + 100) / 100.0,
	id % 3 > 0,
	date('2020-01-01', '+' || (id * 17 % 2192) || ' days'),
	CASE WHEN id % 10 = 0 THEN 'Order no. ' || id || ', by hand' END
FROM n, word
JOIN buyer ON buyer.i = id * 100 % (SELECT count(*) FROM buyer)
JOIN tongue ON tongue.i = id * 13 % (SELECT count(*) FROM tongue);

CREATE INDEX subdivision_country ON subdivision (country_code);
CREATE INDEX orders_country ON orders (country_code);

COMMIT;
PRAGMA optimize;
