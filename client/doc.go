// Package client is the calling platform's API, typed: campaigns, their
// orders, record types, records and the account, one service each.
//
// # Calls
//
// A call fails with an *[Error], whatever went wrong. It says whether the
// server can have carried the request out ([Applied]), and [Decide] says what
// to do next. Reads follow that by themselves. A write is attempted once a
// call: whether and when to make it again is for the caller to say, who has to
// write down first what it is about to do. The API has no idempotency key, so
// a write that was sent without an answer must be looked for, never repeated.
//
// An answer is a success only if it is what the call promises: an order has
// its uuid and belongs to this campaign, a page has its list. Anything else,
// such as the page of a proxy with status 200, is an unreadable answer.
//
// Fields and statuses that this package does not know are kept and written
// back. Numbers keep their digits.
//
// # The gate
//
// All requests of all clients that share a [Gate] pass it:
//
//   - They leave evenly, at most at the rate that is set, and no more of them
//     are under way than helps: this begins small and grows with good answers,
//     so that nothing ends in a stampede.
//   - A 429 holds everybody for as long as the server says (Retry-After, else
//     X-RateLimit-Reset), and never less; where it says nothing, for delays
//     that double. As long as no rate is known, X-RateLimit-Remaining is heeded
//     before it comes to that. A hold of over an hour is an error at once.
//   - With Auto, or where the server allows less than the rate that is set, the
//     gate finds the server's limit out: it takes what the server accepted
//     before it said 429 for the limit, stays a little below, and looks now and
//     then whether there is more; more rarely, the longer there is not.
//   - A server that gives no proper answer several times in a row is down: one
//     probe a second goes through, reads first, until it answers again.
//
// # The token
//
// The token goes to the configured scheme, host and port alone; redirects are
// never followed. It is in no error and no printed value, and where a server
// writes it back it is taken out before the answer is decoded.
package client
