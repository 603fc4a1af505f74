// Package mapping makes contacts of the rows of a file.
//
// # From a file to contacts
//
// A [Spec] says which column goes to which target. It is read from a mapping
// file ([ParseSpec]) or found by the names of the columns ([Propose]).
// [Compile] fits it to a header and to the [RecordType] of the campaign's
// records; what does not fit is said then, with its place in the file, before
// any row is read. The result is a [Mapper], whose [Mapper.Map] turns the
// cells of a row into a [Contact], or says everything that is wrong with it,
// not only the first thing.
//
// How dates and numbers are written is seldom said by one cell and mostly by
// the whole column: a [Survey] finds it out, [Spec.Settle] writes it in. A
// [Draft] goes further: it weighs names and contents, takes what is certain,
// and asks about the rest; [Draft.YAML] is the mapping file, with its reasons.
//
// # Targets
//
//	name firstName lastName email phoneNumber country      fields of the record
//	parameters.<id>                                        its parameters, by the record type
//	recordUuid                                             which record it is (identity: recordUuid)
//	order.scheduledTime order.timezone order.durationSeconds
//	order.price order.currencyCode order.instructions      settings of the order
//
// # The mapping file
//
//	version: 1
//	identity: phoneNumber       # or email, recordUuid, parameters.<id>
//	sharedNumbers: allow        # where several people may have one number
//	region: GB                  # of numbers without a country code
//	columns:
//	  target: Column            # or {column: Column, and any of the following}
//	filter: 'columns["Consent"] == "yes"'
//	onBlank: keep               # or clear, error
//	madeFor:                    # what campsync map has made it for; without it nothing is checked
//	  recordType: Customer
//	  columns: [First Name, ...]
//	  fields: {amount: decimal}
//
// What a target may say, besides the name of its column:
//
//	columns: [A, B]             with first: valid (that can be sent), first: filled, or join: " "
//	expr: 'firstName + "!"'     the targets and columns["Name"] in the expr language (expr-lang.org)
//	transform: [trim, title]    trim lower upper title digits countryCode currencyCode,
//	                            {split: ", ", part: 2}, part: -1, part: 2..,
//	                            {replace: {old: new}}, {lookup: {from: to}, otherwise: keep}
//	default: text               where the cell is blank
//	type: date                  of parameters that the record type leaves open
//	formats: [DD/MM/YYYY]       YYYY YY MMMM MMM MM M DD D HH H hh h mm m ss s SSS A Z, [text]
//	decimal: ","                or "."
//	trueValues: [x]             falseValues: [o]
//	timezone: Europe/London     or fromPhone, fromCountry, {column: Zone},
//	                            {from: phone, doubt: earliest}, latest, campaign
//	take: extension             of the phone number
//
// # What it promises
//
// Nothing is guessed. A text that can be read in two ways, such as 1.234 or
// 03/04/2024, is refused with both readings, unless the mapping says which is
// meant (decimal, formats). A local time that a change of clocks skips or
// repeats is refused. Two columns with an equal claim to one target are an
// error. A phone number is taken as package phone has it or not at all.
//
// Nothing is lost. Numbers keep all their digits and go through no float.
// Text is sent as it stands, without the white space around it. A blank cell
// is left out, not sent as an empty text. Damage that loses nothing (an
// apostrophe before a number) is taken off and reported as [Mended].
//
// Nothing is sent that the record type refuses, as far as can be told from
// here: types, required parameters, choices, and validation patterns, which
// have JavaScript's meaning. A pattern that cannot be checked is named in
// [Mapper.Notices], and the server decides.
//
// # Codes of problems
//
//	phone-missing phone-region phone-digits-lost phone-several phone-letters
//	phone-unreadable phone-too-short phone-too-long phone-invalid
//	email-invalid uuid-invalid country-unknown currency-unknown
//	number-invalid number-ambiguous bool-invalid select-unknown
//	date-invalid date-ambiguous time-skipped time-twice
//	timezone-unknown timezone-ambiguous duration-invalid duration-ambiguous
//	required validation key-missing lookup-unknown expr-failed
package mapping
