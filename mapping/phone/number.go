package phone

// Number is a phone number that was read.
type Number struct {
	E164      string // "+" and digits, the country code first; no extension
	Region    string // ISO 3166-1 alpha-2 region the number belongs to; "001" where it belongs to none (+800, +870 ...)
	Extension string // digits to dial after the call is answered; "" for none
	Mended    Mend   // damage that was taken off before the number was read
}

// Normalize reads text as a phone number.
//
// Region is the ISO 3166-1 alpha-2 code, in capitals, of the country in which text is a number; with "" only a number
// that brings its country code can be read. A region that does not exist is refused whatever the number is.
//
// Every error is an [*Error]. Normalize is safe for concurrent use.
func Normalize(text, region string) (Number, error) {
	mended, mend := mendText(text)
	return read(mended, region, mend)
}
