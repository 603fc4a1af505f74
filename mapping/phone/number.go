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
	var buf [64]byte // as long as what files hold; what is longer goes to the heap
	mended, mend := mendText(buf[:0], text)
	number, refused, ok := readFast(mended, region)
	if !ok {
		number, refused = read(string(mended), region)
	}
	if refused != nil {
		return Number{}, refused
	}
	number.Mended = mend
	return number, nil
}
