package phone_test

import (
	"fmt"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
	"github.com/nyaruka/phonenumbers/v2"
)

// filed are numbers as files hold them.
var filed = []struct{ text, region string }{
	{"+44 7400 123456", "GB"}, {"020 7946 0958", "GB"}, {"(0)7400/123456", "GB"}, {"0044 7400 123456", "GB"},
	{"+1 (650) 253-0000", "US"}, {"(604) 736-5000", "CA"}, {"1-787-555-1234", "PR"}, {"650.253.0000", "US"},
	{"+49 0711 2842222", "DE"}, {"030/123456", "DE"}, {"0151 12345678", "DE"}, {"+43 1 5134505", "AT"},
	{"06 12 34 56 78", "FR"}, {"+33 1 42 68 53 00", "FR"}, {"+39 06 39733434", "IT"}, {"91 562 34 56", "ES"},
	{"(11) 96123-4567", "BR"}, {"+91 98450 12345", "IN"}, {"090-1234-5678", "JP"}, {"+7 912 345-67-89", "RU"},
}

func BenchmarkNormalize(b *testing.B) { benchmark(b, phone.Normalize) }

func BenchmarkLibrary(b *testing.B) { benchmark(b, phone.NormalizeSlowly) }

func BenchmarkNormalizeParallel(b *testing.B) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			_, _ = phone.Normalize(filed[i%len(filed)].text, filed[i%len(filed)].region)
		}
	})
}

// BenchmarkLibraryAlone is what the library takes to read, judge and write a number, without the mending.
func BenchmarkLibraryAlone(b *testing.B) {
	benchmark(b, func(text, region string) (phone.Number, error) {
		number, err := phonenumbers.Parse(text, region)
		if err != nil || !phonenumbers.IsValidNumber(number) {
			return phone.Number{}, fmt.Errorf("invalid: %w", err)
		}
		return phone.Number{
			E164: phonenumbers.Format(number, phonenumbers.E164), Region: phonenumbers.GetRegionCodeForNumber(number),
		}, nil
	})
}

// BenchmarkNormalizeInvalid is the way of a number that must be refused, with its reason.
func BenchmarkNormalizeInvalid(b *testing.B) {
	for b.Loop() {
		_, _ = phone.Normalize("2262649", "US")
	}
}

// BenchmarkCompile is the making of all tables of all regions; a run makes those that its numbers need.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		phone.CompileAll()
	}
}

func benchmark(b *testing.B, normalize func(text, region string) (phone.Number, error)) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n := filed[i%len(filed)]
		if _, err := normalize(n.text, n.region); err != nil {
			b.Fatalf("%q in %s: %v", n.text, n.region, err)
		}
		i++
	}
}
