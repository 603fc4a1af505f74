package mapping

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// notCountries are regions that golang.org/x/text counts as countries though
// ISO 3166-1 has no such code (any more).
var notCountries = map[string]bool{
	"AC": true, "AN": true, "CP": true, "CQ": true, "CS": true, "DG": true, "EA": true, "EZ": true, "FQ": true, "IC": true,
	"NT": true, "PC": true, "SU": true, "TA": true, "UN": true, "YU": true,
}

// nameLanguages are those in which a country's name is known.
var nameLanguages = []string{
	"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ar", "bg", "ca", "cs", "da", "el", "et", "fi", "he", "hi", "hr", "hu", "id",
	"ja", "ko", "lt", "lv", "nb", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh", "zh-Hant",
}

// countryAliases are names that people use besides those of CLDR, and parts
// of a country that are named in its place.
var countryAliases = map[string][]string{
	"AE": {"UAE", "Emirates", "VAE"},
	"BA": {"Bosnia"},
	"BN": {"Brunei Darussalam"},
	"BO": {"Plurinational State of Bolivia", "Bolivia, Plurinational State of"},
	"CD": {"DRC", "DR Congo", "Congo Kinshasa", "Democratic Republic of the Congo", "Congo, Democratic Republic of the", "Zaire"},
	"CG": {"Congo Brazzaville", "Republic of the Congo"},
	"CI": {"Ivory Coast", "Cote d'Ivoire"},
	"CN": {"PRC", "PR China", "People's Republic of China", "Mainland China"},
	"CV": {"Cabo Verde"},
	"CZ": {"Czech Republic", "Tschechische Republik", "République tchèque", "República Checa", "Repubblica Ceca", "Republika Czeska", "Tsjechische Republiek", "Ceska Republika"},
	"DE": {"BRD", "Federal Republic of Germany", "Bundesrepublik Deutschland"},
	"FK": {"Falklands"},
	"FM": {"Federated States of Micronesia", "Micronesia, Federated States of"},
	"GB": {"UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR",
		"Großbritannien", "Grande-Bretagne", "Gran Bretaña", "Gran Bretagna", "Grã-Bretanha", "Inglaterra", "Inghilterra", "Angleterre", "Groot-Brittannië", "Engeland", "Wielka Brytania", "Anglia", "Schottland", "Vereinigtes Königreich"},
	"HK": {"Hong Kong"},
	"IE": {"Republic of Ireland", "Eire"},
	"IR": {"Islamic Republic of Iran", "Iran, Islamic Republic of"},
	"KP": {"DPRK", "Democratic People's Republic of Korea", "Korea, Democratic People's Republic of"},
	"KR": {"Korea", "Republic of Korea", "Korea, Republic of", "Korea South", "Südkorea"},
	"LA": {"Lao PDR", "Lao People's Democratic Republic"},
	"MD": {"Republic of Moldova", "Moldova, Republic of"},
	"MK": {"North Macedonia", "Republic of North Macedonia", "Nordmazedonien", "Macédoine du Nord", "Macedonia del Norte", "Macedonia del Nord", "Macedónia do Norte", "Noord-Macedonië", "Macedonia Północna"},
	"MM": {"Burma", "Myanmar"},
	"MO": {"Macau", "Macao"},
	"NL": {"Holland", "The Netherlands", "Nederland", "Hollande", "Holanda", "Olanda", "Holandia"},
	"PS": {"Palestine", "State of Palestine", "Palestine, State of"},
	"RU": {"Russian Federation", "Russische Föderation"},
	"SA": {"KSA", "Kingdom of Saudi Arabia"},
	"SR": {"Surinam"},
	"SY": {"Syrian Arab Republic"},
	"SZ": {"Eswatini", "Swaziland"},
	"TL": {"East Timor"},
	"TR": {"Türkiye", "Turkiye", "Republic of Türkiye"},
	"TW": {"Taiwan ROC", "Chinese Taipei", "Taiwan, Province of China"},
	"TZ": {"United Republic of Tanzania", "Tanzania, United Republic of"},
	"US": {"USA", "U.S.", "U.S.A.", "United States of America", "Vereinigte Staaten von Amerika", "États-Unis d'Amérique", "EE.UU.", "EEUU", "EUA", "Estados Unidos de América", "Estados Unidos da América", "Stati Uniti d'America", "Verenigde Staten van Amerika", "Stany Zjednoczone Ameryki"},
	"VA": {"Holy See"},
	"VE": {"Bolivarian Republic of Venezuela", "Venezuela, Bolivarian Republic of"},
	"VN": {"Viet Nam"},
}

// longName writes out what CLDR shortens in English.
var longName = strings.NewReplacer(" & ", " and ", "St. ", "Saint ")

// doubtfulCountries are names of more than one country, whatever CLDR calls by
// them.
var doubtfulCountries = []string{"Congo", "Kongo", "Virgin Islands"}

// countries finds an ISO 3166-1 alpha-2 code by code or name. A name that
// means different countries in different languages is not in it.
var countries = sync.OnceValue(func() foldTable[string] {
	codes, names := foldTable[string]{}, foldTable[string]{}
	var regions []language.Region
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			r, err := language.ParseRegion(code)
			if err != nil || !r.IsCountry() || r.Canonicalize() != r || r.String() != code || notCountries[code] {
				continue
			}
			regions = append(regions, r)
			codes[foldString(code)] = code
			codes[foldString(r.ISO3())] = code
		}
	}
	clash := map[string]bool{}
	for _, tag := range nameLanguages {
		namer := display.Regions(language.MustParse(tag))
		for _, r := range regions {
			written := namer.Name(r)
			for _, name := range []string{written, longName.Replace(written)} {
				name = foldString(name)
				if code, taken := names[name]; taken && code != r.String() {
					clash[name] = true
				}
				names[name] = r.String()
			}
		}
	}
	for name := range clash {
		delete(names, name)
	}
	for _, name := range doubtfulCountries {
		delete(names, foldString(name))
	}
	for code, aliases := range countryAliases {
		for _, name := range aliases {
			names[foldString(name)] = code
		}
	}
	for name, code := range codes {
		names[name] = code
	}
	delete(names, "")
	return names
})

func asCountry(_ *row, text string) (string, *fault) {
	code, ok := countries().find(text)
	if !ok {
		return "", &fault{"country-unknown", "is no country that is known", "write its two letters, such as GB or US"}
	}
	return code, nil
}
