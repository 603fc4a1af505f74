package phone_test

import (
	"errors"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
)

func TestNormalize(t *testing.T) {
	for _, tt := range []struct {
		text, region string
		want         phone.Number
	}{
		{"+44 7400 900123", "", phone.Number{E164: "+447400900123", Region: "GB"}},
		{"07400 900123", "GB", phone.Number{E164: "+447400900123", Region: "GB"}},
		{"0044 (0)7400-900123", "GB", phone.Number{E164: "+447400900123", Region: "GB"}},
		{"(0)7400/900.123", "GB", phone.Number{E164: "+447400900123", Region: "GB"}},
		{"447400900123", "GB", phone.Number{E164: "+447400900123", Region: "GB"}},
		{"01/99/00/12/34", "FR", phone.Number{E164: "+33199001234", Region: "FR"}},
		{"(212) 736-5000", "US", phone.Number{E164: "+12127365000", Region: "US"}},
		{"1 604 736 5000", "US", phone.Number{E164: "+16047365000", Region: "CA"}},
		{"06 698 12345", "IT", phone.Number{E164: "+390669812345", Region: "VA"}},
		{"+800 1234 5678", "AQ", phone.Number{E164: "+80012345678", Region: "001"}},
		{"1-800-FLOWERS", "US", phone.Number{E164: "+18003569377", Region: "US"}},
		{"(0xx11) 3456-7890", "BR", phone.Number{E164: "+551134567890", Region: "BR"}},
		{"٠٧٤٠٠ ٩٠٠١٢٣", "GB", phone.Number{E164: "+447400900123", Region: "GB"}},

		{"020 7946 0958 ext. 12", "GB", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12"}},
		{"020 7946 0958x12", "GB", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12"}},
		{"020 7946 0958, extension 12", "GB", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12"}},
		{"020 7946 0958 - 12#", "GB", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12"}},
		{"020 7946 0958 доб. 12", "GB", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12"}},

		{"'+447400900123", "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Apostrophe}},
		{`="+44 7400 900123"`, "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Formula}},
		{`="07400900123"`, "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Formula}},
		{"07400\u00a0900\u202f123", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Spaces}},
		{"\t07400 900123\r\n", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Spaces}},
		{"07400\n900123", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Spaces}},
		{"\u202a+447400900123\u202c", "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Invisible}},
		{"\ufeff07400\u00ad900\u200b123", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Invisible}},
		{"＋４４　７４００　９００１２３", "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Fullwidth | phone.Spaces}},
		{"０３（１２３４）５６７８", "JP", phone.Number{E164: "+81312345678", Region: "JP", Mended: phone.Fullwidth}},
		{"tel:+44-7400-900123", "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.TelLink}},
		{"TEL: 07400 900123", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.TelLink}},
		{"tel:7400900123;phone-context=+44", "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.TelLink}},
		{"tel:+442079460958;ext=12", "", phone.Number{E164: "+442079460958", Region: "GB", Extension: "12", Mended: phone.TelLink}},
		{"447400900123.0", "GB", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Decimal}},
		{"80012345.0", "NO", phone.Number{E164: "+4780012345", Region: "NO", Mended: phone.Decimal}},
		{"80012345.00", "NO", phone.Number{E164: "+4780012345", Region: "NO", Mended: phone.Decimal}},
		{"８００１２３４５．０", "NO", phone.Number{E164: "+4780012345", Region: "NO", Mended: phone.Decimal | phone.Fullwidth}},
		{"089.23456.0", "DE", phone.Number{E164: "+4989234560", Region: "DE"}},
		{`'="'+44 7400 900123"`, "", phone.Number{E164: "+447400900123", Region: "GB", Mended: phone.Apostrophe | phone.Formula}},
	} {
		got, err := phone.Normalize(tt.text, tt.region)
		if err != nil || got != tt.want {
			t.Errorf("Normalize(%q, %q) = %+v, %v; want %+v", tt.text, tt.region, got, err, tt.want)
		}
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for _, tt := range []struct{ text, region, code, says string }{
		{"", "GB", phone.CodeBlank, "is blank"},
		{" \u00a0\u200b", "GB", phone.CodeBlank, "is blank"},
		{"4.47911E+11", "GB", phone.CodeDigitsLost, "has lost digits (saved by a spreadsheet as a number); export the column as text"},
		{"4,47911e+11", "GB", phone.CodeDigitsLost, "has lost digits (saved by a spreadsheet as a number); export the column as text"},
		{"'4.479E11", "GB", phone.CodeDigitsLost, "has lost digits (saved by a spreadsheet as a number); export the column as text"},
		{"07400 900XXX", "GB", phone.CodeDigitsLost, "has digits hidden by a placeholder; give the whole number"},
		{"+44 7400 900***", "", phone.CodeDigitsLost, "has digits hidden by a placeholder; give the whole number"},
		{"+49 151 1234…", "", phone.CodeDigitsLost, "has digits hidden by a placeholder; give the whole number"},
		{"07400 9", "GB", phone.CodeTooShort, "is too short, or lacks its area code"},
		{"+1 212", "", phone.CodeTooShort, "is too short for a number of US"},
		{"0", "GB", phone.CodeUnreadable, "is not a phone number"},
		{"07400 900123 4", "GB", phone.CodeTooLong, "is too long for a number of GB"},
		{"123456789012345678", "GB", phone.CodeTooLong, "is too long for a phone number"},
		{"736-5000", "US", phone.CodeTooShort, "is too short, or lacks its area code"},
		{"(212) 136-5000", "US", phone.CodeInvalid, "is not a valid number of US"},
		{"+870 12", "", phone.CodeTooShort, "is too short for a number with +870"},
		{"0740O 900123", "GB", phone.CodeLetters, "has letters that are not part of a number; give the number in digits"},
		{"O7400 900123", "GB", phone.CodeLetters, "has words before the number; keep only the number in the cell"},
		{"do not call 07400 900123", "GB", phone.CodeLetters, "has words before the number; keep only the number in the cell"},
		{"n/a", "GB", phone.CodeLetters, "has no digits"},
		{"-", "GB", phone.CodeUnreadable, "is not a phone number"},
		{"ann@example.com", "GB", phone.CodeLetters, "has no digits"},
		{"07400 900123 / 07400 900456", "GB", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"07400900123;07400900456", "GB", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"+447400900123,+447400900456", "", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"07400900123 or 07400900456", "GB", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"(212) 736-5000\n(212) 736-5001", "US", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"0891234560 0891234561", "DE", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"07400 123022;0161 496 0022", "GB", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"0161 496 0022 0161 496 0023", "GB", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"030/1234567/68", "DE", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"0301234 / 0301235", "DE", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"0301234 0301235", "DE", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"301234567\n3012345", "DE", phone.CodeSeveral, "holds several numbers; keep one number in each cell"},
		{"07400 900123", "", phone.CodeRegion, `needs a country; map a country column or set "region:"`},
		{"0044 7400 900123", "", phone.CodeRegion, `needs a country; map a country column or set "region:"`},
		{"44007354568", "JE", phone.CodeInvalid, "is not a valid number of GB"}, // the code's main region says what 0 is
		{"07400 900123", "AQ", phone.CodeRegion, "needs a country code (AQ has no numbers of its own)"},
		{"+44 7400 900123", "XX", phone.CodeRegion, `cannot be read in the unknown country "XX"; give the ISO code of the country, such as GB`},
		{"+44 7400 900123", "Q ", phone.CodeRegion, `cannot be read in the unknown country "Q "; give the ISO code of the country, such as GB`},
		{"07400 900123", "gb", phone.CodeRegion, `cannot be read in the unknown country "gb"; give the ISO code of the country, such as GB`},
		{"+999 1234567", "", phone.CodeInvalid, "begins with no country code that exists"},
		{"00 999 1234567", "GB", phone.CodeInvalid, "begins with no country code that exists"},
		{"Smith, 07400 900123", "GB", phone.CodeLetters, "has words before the number; keep only the number in the cell"},
	} {
		got, err := phone.Normalize(tt.text, tt.region)
		var refused *phone.Error
		if !errors.As(err, &refused) || refused.Code != tt.code || refused.Error() != tt.says || got != (phone.Number{}) {
			t.Errorf("Normalize(%q, %q) = %+v, %#v; want %s: %s", tt.text, tt.region, got, err, tt.code, tt.says)
		}
	}
}

func TestMendNames(t *testing.T) {
	if got, want := phone.Mend(0).String(), ""; got != want {
		t.Errorf("empty set: %q, want %q", got, want)
	}
	all := phone.Apostrophe | phone.Formula | phone.Spaces | phone.Invisible | phone.Fullwidth | phone.TelLink | phone.Decimal
	if got, want := all.String(), "apostrophe,formula,spaces,invisible,fullwidth,tel-link,decimal"; got != want {
		t.Errorf("all: %q, want %q", got, want)
	}
}
