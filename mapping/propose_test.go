package mapping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping"
)

// The names that people give the columns of a contact list, and what they are
// taken for; "-" for a column that is left.
func TestPropose(t *testing.T) {
	donor := mapping.RecordType{Name: "Donor", Fields: []mapping.Field{
		{ID: "amount", Title: "Donation"}, {ID: "last_visit", Title: "Visited on"}, {ID: "company", Title: "Firm"},
	}}
	for _, test := range []struct{ header, want string }{
		{"FirstName,last_name,E-mail,Phone Number,COUNTRY", "firstName,lastName,email,phoneNumber,country"},
		{"First Name,Last Name,Email Address,Mobile,Phone,Fax", "firstName,lastName,email,phoneNumber,-,-"},
		{"Home Phone,Work Phone 2,Tel.,Fax", "-,-,phoneNumber,-"},
		{"Phone,Phone 2", "phoneNumber,-"},
		{"Phone 1", "phoneNumber"},
		{"Phone Number,Mobile", "phoneNumber,-"},
		{"Full Name,Cell", "name,phoneNumber"},
		{"Vorname,Nachname,Handy,Telefon,E-Mail-Adresse,Land", "firstName,lastName,phoneNumber,-,email,country"},
		{"Vorname,Name,Telefonnummer", "firstName,lastName,phoneNumber"},
		{"Name,Telefon", "name,phoneNumber"},
		{"Prénom,Nom,Téléphone,Courriel,Pays", "firstName,lastName,phoneNumber,email,country"},
		{"PRENOM;NOM DE FAMILLE;Tél. portable", "firstName,lastName,phoneNumber"},
		{"Nom,Tél", "name,phoneNumber"},
		{"Nombre,Apellidos,Móvil,Correo electrónico,País", "firstName,lastName,phoneNumber,email,country"},
		{"Nombre,Teléfono", "name,phoneNumber"},
		{"Nome,Cognome,Cellulare,Indirizzo e-mail,Paese", "firstName,lastName,phoneNumber,email,country"},
		{"Nome,Sobrenome,Telemóvel,Endereço de e-mail,País", "firstName,lastName,phoneNumber,email,country"},
		{"Voornaam,Achternaam,Mobiel,E-mailadres,Land", "firstName,lastName,phoneNumber,email,country"},
		{"Voornaam,Naam,Telefoonnummer", "firstName,lastName,phoneNumber"},
		{"Imię,Nazwisko,Komórka,Adres e-mail,Kraj", "firstName,lastName,phoneNumber,email,country"},
		{"Imię i nazwisko,Nr tel.", "name,phoneNumber"},
		{"Phone,amount,Visited On,firm,Company", "phoneNumber,parameters.amount,parameters.last_visit,-,parameters.company"},
		{"Phone,parameters.amount,Donation", "phoneNumber,parameters.amount,-"},
		{"Phone,Scheduled Time,instructions,Price", "phoneNumber,order.scheduledTime,-,-"},
		{"Phone,scheduled_time,order.price,order.instructions", "phoneNumber,order.scheduledTime,order.price,order.instructions"},
		{"Phone,uuid,,Consent", "phoneNumber,-,-,-"},
	} {
		header := strings.FieldsFunc(test.header+",", func(r rune) bool { return r == ',' || r == ';' })
		if strings.Contains(test.header, ",,") {
			header = strings.Split(test.header, ",")
		}
		spec, matches, err := mapping.Propose(header, donor)
		if err != nil {
			t.Errorf("%s: %v", test.header, err)
			continue
		}
		var got []string
		for i, m := range matches {
			if m.Column != header[i] || m.Why == "" {
				t.Errorf("%s: match %+v", test.header, m)
			}
			if m.Target == "" {
				m.Target = "-"
			}
			got = append(got, m.Target)
		}
		if s := strings.Join(got, ","); s != test.want {
			t.Errorf("%s:\n%s, want\n%s", test.header, s, test.want)
		}
		if _, err := mapping.Compile(spec, header, donor, mapping.Env{}); err != nil {
			t.Errorf("%s: the proposal does not compile: %v", test.header, err)
		}
	}
}

func TestProposeDoubts(t *testing.T) {
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "first_visit"}, {ID: "firstVisit"}}}
	for _, test := range []struct{ header, says string }{
		{"Phone 1,Phone 2", "the columns \"Phone 1\" and \"Phone 2\" may both be phoneNumber; say which it is in a mapping file:\n  columns:\n    phoneNumber: Phone 1"},
		{"Phone,Email,E-Mail", "the columns \"Email\" and \"E-Mail\" may both be email; say which it is in a mapping file:\n  columns:\n    email: Email"},
		{"Mobile,Handy", "the columns \"Mobile\" and \"Handy\" may both be phoneNumber; say which it is in a mapping file:\n  columns:\n    phoneNumber: Mobile"},
		{"Phone,order.scheduledTime,Scheduled Time", "the columns \"order.scheduledTime\" and \"Scheduled Time\" may both be order.scheduledTime; say which it is in a mapping file:\n  columns:\n    order.scheduledTime: order.scheduledTime"},
		{"Phone,First Visit", "the column \"First Visit\" may be parameters.first_visit or parameters.firstVisit; say which it is in a mapping file:\n  columns:\n    parameters.first_visit: First Visit"},
		{"First,Fax: work", "no column is mapped to phoneNumber; the columns are \"First\", \"Fax: work\"; name one in the mapping file:\n  columns:\n    phoneNumber: Phone"},
		{"", "no column is mapped to phoneNumber; the columns are none; name one in the mapping file:\n  columns:\n    phoneNumber: Phone"},
	} {
		header := strings.FieldsFunc(test.header, func(r rune) bool { return r == ',' })
		_, matches, err := mapping.Propose(header, rt)
		if err == nil || err.Error() != test.says {
			t.Errorf("%s says\n%v, want\n%s", test.header, err, test.says)
		}
		if len(matches) < len(header) {
			t.Errorf("%s: matches %+v", test.header, matches)
		}
	}
}

// A parameter that is called like the phone column does not take it away.
func TestProposePhoneIsAParameterToo(t *testing.T) {
	_, matches, err := mapping.Propose([]string{"Mobile"}, mapping.RecordType{Fields: []mapping.Field{{ID: "mobile"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(matches); got != "[{Mobile parameters.mobile the id of the parameter  1} {Mobile phoneNumber a known name of phoneNumber  0.95}]" {
		t.Error(got)
	}
}

// What is left may carry a guess, for a person to confirm.
func TestProposeGuesses(t *testing.T) {
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "last_visit"}, {ID: "amount"}}}
	for _, test := range []struct{ column, guess string }{
		{"Customer mobile nr", "phoneNumber"},
		{"Phnoe", "phoneNumber"},
		{"Tel.-Nr. 1 (privat)", "phoneNumber"},
		{"Emial", "email"},
		{"Billing Country", "country"},
		{"Last visit date", "parameters.last_visit"},
		{"Gift amount", "parameters.amount"},
		{"Fax number", ""},
		{"Notes", ""},
		{"", ""},
		{"?", ""},
	} {
		_, matches, err := mapping.Propose([]string{test.column}, rt)
		if err == nil {
			t.Errorf("%s: a guess was used", test.column)
		}
		m := matches[0]
		if m.Guess != test.guess || m.Target != "" || (m.Guess == "") != (m.Confidence == 0) || m.Confidence >= 0.9 {
			t.Errorf("%q: %+v, want the guess %q", test.column, m, test.guess)
		}
		if test.guess == "phoneNumber" && !strings.Contains(err.Error(), "phoneNumber: "+strings.Trim(test.column, `"`)) && !strings.Contains(err.Error(), `phoneNumber: "`) {
			t.Errorf("%q: the example names another column: %v", test.column, err)
		}
	}
}

// No two columns ever go to one target, whatever the header.
func FuzzPropose(f *testing.F) {
	f.Add("Phone,Mobile,Name,Vorname,amount,Amount")
	f.Fuzz(func(t *testing.T, text string) {
		header := strings.Split(text, ",")
		rt := mapping.RecordType{Fields: []mapping.Field{{ID: "amount", Title: "Phone"}, {ID: "name", Title: "x"}}}
		spec, _, err := mapping.Propose(header, rt)
		if err != nil {
			return
		}
		var targets []string
		for _, e := range spec.Columns {
			if slices.Contains(targets, e.Target) {
				t.Fatalf("%q: %s twice", header, e.Target)
			}
			targets = append(targets, e.Target)
		}
		if _, err := mapping.Compile(spec, header, rt, mapping.Env{}); err != nil && !strings.Contains(err.Error(), "give the columns different names") {
			t.Fatalf("%q: %v", header, err)
		}
	})
}
