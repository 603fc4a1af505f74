package mapping

import (
	"strings"
	"sync"
	"unicode"
)

// monthNames are the months in English, German, French, Spanish, Italian,
// Portuguese, Dutch and Polish, the full name, then what is short for it.
var monthNames = [12]string{
	"january jan januar jänner janvier janv enero ene gennaio gen janeiro januari styczeń stycznia sty",
	"february feb februar februari février févr fév febrero febbraio fevereiro fev luty lutego lut",
	"march mar märz mär mrz mars marzo março maart mrt marzec marca",
	"april apr avril avr abril abr aprile kwiecień kwietnia kwi",
	"may mai mayo maggio mag maio mei maj maja",
	"june jun juni juin junio giugno giu junho czerwiec czerwca cze",
	"july jul juli juillet juil julio luglio lug julho lipiec lipca lip",
	"august aug août agosto ago augustus sierpień sierpnia sie",
	"september sep sept septembre septiembre setiembre set settembre setembro wrzesień września wrz",
	"october oct oktober okt octobre octubre ottobre ott outubro out październik października paź",
	"november nov novembre noviembre novembro listopad listopada lis",
	"december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia gru",
}

var months = sync.OnceValue(func() foldTable[int] {
	table := foldTable[int]{}
	for i, names := range monthNames {
		for _, name := range strings.Fields(names) {
			table[foldString(name)] = i + 1
		}
	}
	return table
})

// cutMonth reads the name of a month, with the full stop of a short one.
func cutMonth(text string, into *int) (string, bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if end < 0 {
		end = len(text)
	}
	month, ok := months().find(text[:end])
	*into = month
	return strings.TrimPrefix(text[end:], "."), ok
}
