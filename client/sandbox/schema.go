package sandbox

// The file format: "camp" as application id, and the version of the schema.
const (
	applicationID = 0x63616d70
	schemaVersion = 1
)

// Orders are kept by campaign and age, so that a listing is one walk along the
// table. Names are kept a second time in lower case because SQLite folds ASCII
// only; the two partial indexes serve searches that begin with a plus sign:
// such text is the start of a number, or stands in one of the few names (or
// e-mail addresses) that have a plus sign.
const schema = `
CREATE TABLE campaigns (
	id     INTEGER PRIMARY KEY,
	uuid   TEXT NOT NULL UNIQUE,
	name   TEXT NOT NULL,
	status TEXT NOT NULL,
	body   TEXT NOT NULL
);
CREATE TABLE record_types (
	id   INTEGER PRIMARY KEY,
	uuid TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE records (
	id           INTEGER PRIMARY KEY,
	uuid         TEXT NOT NULL UNIQUE,
	type_id      INTEGER NOT NULL, -- record_types.id; 0 none
	name         TEXT NOT NULL,
	first_name   TEXT NOT NULL,
	last_name    TEXT NOT NULL,
	email        TEXT NOT NULL,
	phone_number TEXT NOT NULL,
	country      TEXT NOT NULL,
	status       TEXT NOT NULL,
	parameters   TEXT NOT NULL,
	created_at   TEXT NOT NULL,
	updated_at   TEXT NOT NULL,
	name_folded  TEXT NOT NULL,
	email_folded TEXT NOT NULL
);
CREATE INDEX records_phone ON records (phone_number);
CREATE INDEX records_name_plus ON records (id) WHERE instr(name_folded, '+') > 0;
CREATE INDEX records_email_plus ON records (id) WHERE instr(email_folded, '+') > 0;
CREATE TABLE orders (
	campaign_id INTEGER NOT NULL,
	id          INTEGER NOT NULL,
	uuid        TEXT NOT NULL UNIQUE,
	record_id   INTEGER NOT NULL,
	status      TEXT NOT NULL,
	scheduled_time             TEXT,
	scheduled_time_timezone    TEXT NOT NULL DEFAULT '',
	scheduled_duration_seconds TEXT,
	price                      TEXT,
	currency_code              TEXT NOT NULL DEFAULT '',
	instructions               TEXT NOT NULL DEFAULT '',
	created_at  TEXT NOT NULL,
	updated_at  TEXT NOT NULL,
	PRIMARY KEY (campaign_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX orders_record ON orders (record_id, campaign_id);
CREATE INDEX orders_status ON orders (campaign_id, status);
CREATE TABLE journal (
	seq          INTEGER PRIMARY KEY,
	at           TEXT NOT NULL,
	action       TEXT NOT NULL,
	campaign     TEXT NOT NULL,
	order_uuid   TEXT NOT NULL,
	record_uuid  TEXT NOT NULL,
	phone_number TEXT NOT NULL,
	status       TEXT NOT NULL
);
CREATE VIEW campaign_orders AS
	SELECT c.name AS campaign, o.status, r.name, r.phone_number, r.email, r.country, r.parameters,
		o.scheduled_time, o.scheduled_time_timezone, o.scheduled_duration_seconds, o.price, o.currency_code,
		o.instructions, o.created_at, o.updated_at, o.uuid AS order_uuid, r.uuid AS record_uuid
	FROM orders o JOIN records r ON r.id = o.record_id JOIN campaigns c ON c.id = o.campaign_id
	ORDER BY o.id;
`
