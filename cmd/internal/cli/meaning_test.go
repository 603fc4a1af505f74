package cli_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/mapping"
)

// meaning is JSON without what is blank, numbers and times by their value.
func meaning(t *testing.T, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for name, value := range all {
		switch v := value.(type) {
		case json.Number:
			exact, _ := new(big.Rat).SetString(v.String())
			all[name] = exact.RatString()
		case string:
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				all[name] = at.UTC()
			}
			if v == "" {
				delete(all, name)
			}
		case map[string]any:
			inner, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if all[name] = meaning(t, inner); len(v) == 0 {
				delete(all, name)
			}
		case nil:
			delete(all, name)
		}
	}
	return all
}

func recordMeaning(t *testing.T, r sandbox.Record) map[string]any {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	all := meaning(t, text)
	for _, name := range []string{"uuid", "recordTypeUuid", "status", "createdAt", "updatedAt"} {
		delete(all, name)
	}
	return all
}

func settingsMeaning(t *testing.T, s *mapping.Settings) map[string]any {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return meaning(t, text)
}

func orderMeaning(t *testing.T, o sandbox.Order) map[string]any {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	all := meaning(t, text)
	for _, name := range []string{"uuid", "campaignUuid", "status", "record", "createdAt", "updatedAt"} {
		delete(all, name)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
