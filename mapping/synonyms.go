package mapping

import (
	"strings"
	"sync"
)

// synonyms are column names that plainly mean a target, in English, German,
// French, Spanish, Italian, Portuguese, Dutch and Polish. A group that stands
// earlier wins over a later one: a mobile is answered by the person, a phone
// perhaps, a phone at work by somebody. Fax numbers are in none.
var synonyms = []struct {
	target string
	groups []string // names, separated by commas
}{
	{targetPhone, []string{
		`mobile, mobile phone, mobile number, mobile no, mobile nr, mobile phone number, mobile telephone, phone mobile, phone number mobile, cell, cell phone, cell number,
		cell phone number, cellular, cellular phone, mobil, handy, handynummer, handy nr, mobiltelefon, mobilnummer, mobil nr, mobilfunk, mobilfunknummer, telefon mobil,
		portable, téléphone portable, tél portable, numéro de portable, téléphone mobile, tél mobile, gsm, gsm nummer, móvil, teléfono móvil, celular, teléfono celular,
		número de móvil, número de celular, cellulare, telefono cellulare, numero di cellulare, numero cellulare, telemóvel, telefone celular, telefone móvel,
		número de telemóvel, mobiel, mobiele telefoon, mobiel nummer, mobiele nummer, telefoon mobiel, komórka, telefon komórkowy, numer komórkowy, tel kom, tel komórkowy`,
		`phone, phone no, phone nr, phone num, telephone, telephone number, telephone no, tel, tel no, tel nr, tel number, contact number, contact phone, contact phone number,
		contact no, primary phone, primary phone number, main phone, main number, customer phone, client phone, e164, msisdn, number to call, telefon, telefonnummer, telefon nr,
		telefonnr, rufnummer, téléphone, tél, numéro de téléphone, numéro téléphone, n° de téléphone, n° téléphone, n° tél, num tél, teléfono, número de teléfono, nº de teléfono,
		nro de teléfono, teléfono de contacto, telefono, numero di telefono, numero telefono, recapito telefonico, telefone, número de telefone, nº de telefone, contacto telefónico,
		telefoon, telefoonnummer, telefoon nr, telnr, numer telefonu, nr telefonu, nr tel, telefon kontaktowy`,
		`home phone, home phone number, home telephone, phone home, home tel, home number, work phone, work phone number, work telephone, phone work, work tel, work number,
		business phone, business phone number, phone business, office phone, office number, daytime phone, evening phone, day phone, landline, landline number, company phone,
		telefon privat, telefon geschäftlich, telefon dienstlich, telefon arbeit, privatnummer, festnetz, festnetznummer, telefon festnetz, téléphone fixe, tél fixe,
		téléphone domicile, tél domicile, téléphone bureau, tél bureau, téléphone professionnel, tél professionnel, teléfono fijo, teléfono casa, teléfono de casa,
		teléfono trabajo, teléfono del trabajo, telefono fisso, telefono casa, telefono ufficio, telefone fixo, telefone residencial, telefone comercial, vaste telefoon,
		telefoon thuis, telefoon werk, telefoon privé, telefon stacjonarny, telefon domowy, telefon służbowy`}},
	{targetFirstName, []string{`first, given name, given names, forename, christian name, f name, fname, vorname, vornamen, rufname, prénom, prénoms, nombre de pila, primer nombre,
		primeiro nome, nome próprio, nome di battesimo, voornaam, imię, imiona`}},
	{targetLastName, []string{`last, surname, family name, second name, l name, lname, nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido, cognome,
		sobrenome, apelido, apelidos, último nome, achternaam, familienaam, nazwisko`}},
	{targetName, []string{`full name, contact name, customer name, client name, person name, display name, complete name, first and last name, vollständiger name, vor und nachname,
		vorname nachname, vorname und nachname, kontaktname, ansprechpartner, nom complet, nom et prénom, nom prénom, prénom nom, prénom et nom, nombre completo,
		nombre y apellido, nombre y apellidos, nome completo, nome e cognome, nome cognome, cognome e nome, nominativo, nome e sobrenome, volledige naam,
		voornaam en achternaam, contactpersoon, imię i nazwisko, nazwisko i imię, pełne imię i nazwisko`,
		`nom, naam, nombre, nome`}},
	{targetEmail, []string{`email address, mail, mail address, primary email, contact email, customer email, email id, email adresse, mailadresse, emailadresse, courriel,
		adresse email, adresse mail, adresse électronique, adresse courriel, correo, correo electrónico, dirección de correo, dirección de correo electrónico,
		dirección de email, indirizzo email, indirizzo mail, posta elettronica, indirizzo di posta elettronica, endereço de email, endereço email, correio eletrónico,
		correio eletrônico, emailadres, mailadres, adres email, adres mailowy, adres poczty elektronicznej, poczta elektroniczna`,
		`work email, business email, personal email, private email, home email, company email`}},
	{targetCountry, []string{`country name, country region, nation, land, pays, país, paese, nazione, kraj, państwo`,
		`country code, country iso, iso country, iso country code, country code iso, land code, ländercode, länderkürzel, landcode, code pays, código de país, código país,
		codice paese, código do país, kod kraju`}},
}

// pairedNames are words whose meaning the column beside them tells: Name
// beside Vorname is the last name, Nombre beside Apellidos the first.
var pairedNames = []struct {
	words, beside string
	target        string
}{
	{"name", "vorname, vornamen, rufname", targetLastName},
	{"nom", "prénom, prénoms", targetLastName},
	{"naam", "voornaam", targetLastName},
	{"nombre", "apellido, apellidos, primer apellido", targetFirstName},
	{"nome", "cognome, sobrenome, apelido, apelidos, último nome", targetFirstName},
}

// synonym is what a column name means: a target, and how well; 0 is best.
type synonym struct {
	target string
	rank   int
}

var knownNames = sync.OnceValue(func() foldTable[synonym] {
	table := foldTable[synonym]{}
	for _, s := range synonyms {
		for rank, names := range s.groups {
			for _, name := range folded(names) {
				if _, taken := table[name]; !taken {
					table[name] = synonym{s.target, rank}
				}
			}
		}
	}
	return table
})

func folded(names string) []string {
	var all []string
	for name := range strings.SplitSeq(names, ",") {
		all = append(all, foldString(name))
	}
	return all
}
