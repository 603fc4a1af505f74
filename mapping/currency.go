package mapping

import (
	"strings"
	"sync"

	"golang.org/x/text/currency"
)

// newerCurrencies are those of ISO 4217 that the CLDR tables of
// golang.org/x/text (of 2017) do not have yet.
var newerCurrencies = []string{"MRU", "STN", "UYW", "VED", "VES", "SLE", "XCG", "ZWG"}

// currencies are the ISO 4217 codes of money that is legal tender.
var currencies = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for it := currency.Query(); it.Next(); {
		codes[it.Unit().String()] = true
	}
	for _, c := range newerCurrencies {
		codes[c] = true
	}
	return codes
})

// currencySigns are the signs that only one currency uses.
var currencySigns = map[string]string{"€": "EUR", "₹": "INR", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS", "₫": "VND", "₱": "PHP", "₦": "NGN", "₸": "KZT", "₾": "GEL", "zł": "PLN", "kč": "CZK"}

// isCurrency takes a code in upper case.
func isCurrency(code string) bool { return len(code) == 3 && currencies()[code] }

func asCurrency(_ *row, text string) (string, *fault) {
	if code := strings.ToUpper(text); isCurrency(code) {
		return code, nil
	}
	if code, ok := currencySigns[strings.ToLower(text)]; ok {
		return code, nil
	}
	return "", &fault{"currency-unknown", "is no currency code of ISO 4217", "write three letters, such as EUR"}
}
