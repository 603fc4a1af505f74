package phone

// The codes of an [Error]: stable words for reports and scripts.
const (
	CodeBlank      = "phone-blank"       // there is no text
	CodeRegion     = "phone-region"      // no country code and no region, or a region that does not exist
	CodeDigitsLost = "phone-digits-lost" // scientific notation, or digits hidden by a placeholder
	CodeSeveral    = "phone-several"     // more than one number
	CodeLetters    = "phone-letters"     // letters that are no vanity number
	CodeUnreadable = "phone-unreadable"  // no phone number at all
	CodeTooShort   = "phone-too-short"
	CodeTooLong    = "phone-too-long"
	CodeInvalid    = "phone-invalid" // the right length perhaps, but no such number can exist
)

// Error says why a text was refused.
type Error struct {
	Code    string // one of the Code constants
	Message string // goes on after the text that was refused: "is too short for a number of GB"
	Hint    string // what to do about it; "" where that is plain
}

// Error returns the message and the hint in one line.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}
