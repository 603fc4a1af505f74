package source

import (
	"slices"
	"strings"
	"unicode"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// alphabet is the letters beyond ASCII of the languages that are written in a
// charset, in lower case, a string for each.
type alphabet struct {
	charset
	languages []string
}

func windows1252() charset { return charset{name: "windows-1252", enc: charmap.Windows1252} }

// alphabets lists the charsets that are told apart, likelier ones first. ISO
// 8859-1 is Windows-1252 without the signs in 0x80 to 0x9F.
func alphabets() []alphabet {
	western := []string{
		"äöüß",             // German
		"àâæçéèêëîïôœùûüÿ", // French
		"áéíñóúü",          // Spanish
		"àáâãçéêíóôõúü",    // Portuguese
		"àèéìíîòóùú",       // Italian
		"åäöéü",            // Swedish, Finnish
		"åæøéäö",           // Danish, Norwegian
		"áéëïíóöúü",        // Dutch
		"áæðéíóöþúý",       // Icelandic
		"äõöüšž",           // Estonian
		"àçèéíïòóúü",       // Catalan
	}
	central := []string{
		"ąćęłńóśźż",         // Polish
		"áčďéěíňóřšťúůýž",   // Czech
		"áäčďéíĺľňóôŕšťúýž", // Slovak
		"áéíóöőúüű",         // Hungarian
		"ăâîşţ",             // Romanian
		"čćđšž",             // Croatian, Slovene
		"äöüß",              // German
	}
	cyrillic := []string{"абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгдежзийклмнопрстуфхцчшщьюяєіїґ",
		"абвгдежзийклмнопрстуфхцчшђјљњћџ"}
	return []alphabet{
		{windows1252(), western},
		{charset{name: "iso-8859-15", enc: charmap.ISO8859_15}, western},
		{charset{name: "windows-1250", enc: charmap.Windows1250}, central},
		{charset{name: "iso-8859-2", enc: charmap.ISO8859_2}, central},
		{charset{name: "macintosh", enc: charmap.Macintosh}, western},
		{charset{name: "windows-1251", enc: charmap.Windows1251}, cyrillic},
		{charset{name: "windows-1253", enc: charmap.Windows1253}, []string{"αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ"}},
		{charset{name: "windows-1254", enc: charmap.Windows1254}, []string{"çğıöşüâîûi̇"}},
		{charset{name: "windows-1257", enc: charmap.Windows1257}, []string{"ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"}},
	}
}

// guessCharset finds the charset in which a sample that is no UTF-8 makes
// most sense: in which one language explains most of its letters beyond ASCII.
// Byte statistics, as browsers use them, fail on lists of names.
func guessCharset(sample []byte) charset {
	var best charset
	var text string
	for _, a := range alphabets() {
		decoded, err := a.enc.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		t := string(decoded)
		a.confidence = explained(t, a.languages)
		if a.confidence > best.confidence+0.001 {
			best, text = a.charset, t
		} else if a.confidence > best.confidence-0.05 && t != text && best.confidence < 1 {
			best.confidence -= 0.05 // hardly better than another
		}
	}
	if best.confidence > 0.95 {
		return best
	}
	if c, ok := eastAsian(sample); ok {
		return c
	}
	return best
}

// explained is how well some languages explain the characters beyond ASCII in
// text: the mean of the share that all of them explain together, and of the
// share that one alone does. A list of names mixes languages, but not all.
func explained(text string, languages []string) float64 {
	counts := make([]int, len(languages))
	all, any := 0, 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < 0x80 && !unicode.IsLetter(r) }) {
		runes := []rune(word)
		likely := isLikelyWord(runes)
		last := ' '
		for _, r := range runes {
			before := last
			if last = r; r < 0x80 {
				continue
			}
			all++
			sign := isSign(r, before)
			// A capital within a word is a sign of the wrong charset.
			if !sign && (!likely || !unicode.IsLetter(r) || unicode.IsUpper(r) && unicode.IsLower(before)) {
				continue
			}
			found, lower := sign, unicode.ToLower(r)
			for i, l := range languages {
				if sign || strings.ContainsRune(l, lower) {
					counts[i]++
					found = true
				}
			}
			if found {
				any++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(slices.Max(counts)+any) / float64(2*all)
}

// isLikelyWord reports whether letters can stand together: those of Latin
// languages beyond ASCII stand among letters of ASCII, those of others do not.
func isLikelyWord(word []rune) bool {
	ascii, latin, other := 0, 0, 0
	for _, r := range word {
		switch {
		case !unicode.IsLetter(r):
		case r < 0x80:
			ascii++
		case unicode.Is(unicode.Latin, r):
			latin++
		default:
			other++
		}
	}
	if other > 0 {
		return ascii+latin == 0
	}
	return latin < 3 || 4*latin <= 3*(latin+ascii)
}

// isSign reports whether r is a sign that stands in text of any language, at a
// place where it may stand.
func isSign(r, before rune) bool {
	switch r {
	case '’', '‘':
		return true
	case '“', '”', '„', '–', '—', '…', '€', '£', '°', '§', '«', '»', '\u00A0', 'º', 'ª', '¿', '¡', '²', '³', '½', '№', '®', '©', '™':
		return !unicode.IsLower(before)
	}
	return false
}

// eastAsian recognises Shift_JIS and GB18030, whose two-byte characters byte
// statistics do find; they have to decode without a fault as well.
func eastAsian(sample []byte) (charset, bool) {
	var c charset
	found := chardet.Detect(sample)
	switch strings.ToUpper(found.Encoding) {
	case "SHIFT_JIS", "CP932":
		c = charset{name: "shift_jis", enc: japanese.ShiftJIS}
	case "GB2312", "GBK", "GB18030":
		c = charset{name: "gb18030", enc: simplifiedchinese.GB18030}
	default:
		return c, false
	}
	decoded, err := c.enc.NewDecoder().Bytes(sample)
	text := strings.TrimRight(string(decoded), "\uFFFD") // the sample may break off within a character
	if err != nil || strings.ContainsRune(text, '\uFFFD') {
		return c, false
	}
	c.confidence = min(found.Confidence, 0.99)
	return c, true
}
