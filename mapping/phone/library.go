package phone

import (
	"errors"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
)

// maxLength is how many bytes of text the library reads.
const maxLength = 250

// read reads a mended text with the library. It is the measure of [readFast].
func read(text, region string) (Number, *Error) {
	if !isRegion(region) {
		return Number{}, &Error{CodeRegion, `cannot be read in the unknown country "` + region + `"`,
			"give the ISO code of the country, such as GB"}
	}
	if text == "" {
		return Number{}, &Error{CodeBlank, "is blank", ""}
	}
	if len(text) > maxLength {
		return Number{}, &Error{CodeTooLong, "is too long for a phone number", ""}
	}
	parse := func(text string) (*phonenumbers.PhoneNumber, error) {
		return phonenumbers.Parse(strings.ReplaceAll(text, "\n", " "), region)
	}
	isNumber := func(part string) bool {
		number, err := parse(part)
		return err == nil && phonenumbers.IsValidNumber(number)
	}
	if damage := findDamage(text, isNumber); damage != nil {
		return Number{}, damage
	}
	number, err := parse(text)
	if err != nil {
		return Number{}, parseError(err, text, region)
	}
	if !phonenumbers.IsValidNumber(number) {
		return Number{}, invalidError(number)
	}
	return Number{
		E164:      phonenumbers.Format(number, phonenumbers.E164),
		Region:    phonenumbers.GetRegionCodeForNumber(number),
		Extension: phonenumbers.NormalizeDigitsOnly(number.GetExtension()),
	}, nil
}

func isRegion(region string) bool {
	switch region {
	case "AQ", "BV", "GS", "HM", "PN", "TF", "UM":
		return true // in ISO 3166-1 without a numbering plan: a number there has to bring its country code
	}
	return region == "" || phonenumbers.GetSupportedRegions()[region]
}

// parseError puts the library's error into the words of this package.
func parseError(err error, text, region string) *Error {
	hasPlan := phonenumbers.GetSupportedRegions()[region]
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode) && (hasPlan || strings.Contains(text, "+")):
		return &Error{CodeInvalid, "begins with no country code that exists", ""}
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode) && region != "":
		return &Error{CodeRegion, "needs a country code (" + region + " has no numbers of its own)", ""}
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return &Error{CodeRegion, "needs a country", `map a country column or set "region:"`}
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return &Error{CodeTooShort, "is too short for a phone number", ""}
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return &Error{CodeTooLong, "is too long for a phone number", ""}
	}
	return &Error{CodeUnreadable, "is not a phone number", ""}
}

// invalidError says why a number that could be parsed is not valid.
func invalidError(number *phonenumbers.PhoneNumber) *Error {
	code := int(number.GetCountryCode())
	return refusal(phonenumbers.GetRegionCodeForCountryCode(code), code, phonenumbers.IsPossibleNumberWithReason(number))
}

// refusal is the error for a number of a country code and its main region that is not valid, by what is said of its
// length.
func refusal(region string, code int, length phonenumbers.ValidationResult) *Error {
	kind := "number of " + region
	if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		kind = "number with +" + strconv.Itoa(code)
	}
	switch length {
	case phonenumbers.TOO_SHORT:
		return &Error{CodeTooShort, "is too short for a " + kind, ""}
	case phonenumbers.TOO_LONG:
		return &Error{CodeTooLong, "is too long for a " + kind, ""}
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return &Error{CodeTooShort, "is too short, or lacks its area code", ""}
	}
	return &Error{CodeInvalid, "is not a valid " + kind, ""}
}
