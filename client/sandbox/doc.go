// Package sandbox serves the API of the calling platform locally, from an
// embedded SQLite database: to rehearse a migration and look at the result,
// and to test against a server that writes down every commit.
//
//	s, err := sandbox.Open(ctx, sandbox.Config{Path: "rehearsal.db"})
//	ln, err := s.Listen("127.0.0.1:8080")
//	err = s.Serve(ctx, ln)                  // the API is at s.URL(), http://127.0.0.1:8080/api
//
// It is as strict as the strictest server that the documented API allows, so
// that what passes here has a good chance there. In particular:
//
//   - Phone numbers are not unique. A create that is sent twice makes two
//     records and two orders, as it would in earnest: that is what a rehearsal
//     is to bring to light.
//   - Fields that an operation does not document are refused with 422, not
//     ignored. Creating an order takes status and record alone.
//   - Every status of both documented sets is accepted, and any may follow any:
//     the server does not protect a contacted or Do-Not-Call order from a
//     caller. Setup functions may store any text as a status.
//   - A blank is not an absence: "" is no date, no country and no option.
//     null is an absence: it is left out of a create, and clears on update.
//   - A record that is deleted takes its orders with it; an order that is
//     removed leaves its record.
//
// # Who may ask
//
// Every request needs a bearer token. Without [Config].Tokens there is one,
// "sandbox", which may do everything. Permissions are campaigns:read,
// campaigns:write (orders, too), records:read, records:write and
// record-types:read. The listener takes loopback addresses only.
//
// # Demo
//
// A sandbox that starts empty gets the campaign "Demo": outbound, active,
// Europe/London, calling Monday to Friday 09:00 to 17:00. Its record type
// "Customer" has a field of every type, none of them required:
//
//	id               type      note
//	company          input
//	contact_person   string
//	product          text
//	notes            textarea
//	employees        number    validation ^\d{1,6}$, with an error text of its own
//	donation         decimal
//	newsletter       bool      default false
//	birthday         date
//	last_visit       date
//	callback_at      datetime
//	currency         currency
//	billing_country  country
//	tier             select    bronze, silver, gold
//
// # Faults
//
// A server can be made to misbehave as real ones do ([Faults], [ParseFaults]):
// it commits and then cuts the connection, commits after the client gave up,
// shows reads an older state, refuses with 429 and 5xx, answers with the page
// of a proxy, or slowly. The journal says what was committed all the same, so
// that a client's books can be held against it.
//
// # The database
//
// Tables campaigns, record_types, records, orders and journal can be looked at
// with any SQLite tool once the server is closed; the view campaign_orders
// shows orders with their campaigns and contacts. One process at a time may
// have a file open.
package sandbox
