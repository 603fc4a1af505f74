package source_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/campsync/campsync/importer/source"
)

// names are rows of contacts in several languages, a header before them.
func names() map[string]string {
	return map[string]string{
		"german":     "Vorname;Name;Ort;Straße\nJörg;Müller;München;Goethestraße 5\nBärbel;Weiß;Düsseldorf;Käthe-Kollwitz-Weg 1\nUte;Böhm;Köln;Am Höfchen 3\n",
		"french":     "Prénom;Nom;Ville;Adresse\nHélène;Lefèvre;Évreux;à côté de l’école\nFrançois;Garçon;Besançon;rue de la Forêt\nNoël;Brûlé;Nîmes;Île d’Oléron\n",
		"spanish":    "Nombre;Apellido;Ciudad;Dirección\nJosé;Muñoz;Málaga;Calle Ángel 3\nIñigo;Núñez;León;Avenida de España\n",
		"swedish":    "Förnamn;Efternamn;Ort;Gata\nÅsa;Sjöström;Gävle;Ängsvägen 4\nBjörn;Öberg;Malmö;Storgatan\n",
		"polish":     "Imię;Nazwisko;Miasto;Ulica\nŁukasz;Wałęsa;Łódź;Żółta 5\nMałgorzata;Dąbrowska;Częstochowa;Świętej Anny\nPaweł;Śliwiński;Gdańsk;Źródlana\n",
		"czech":      "Jméno;Příjmení;Město;Ulice\nJiří;Dvořák;Plzeň;Žižkova\nZdeněk;Novotný;Ústí;Šumavská\nTomáš;Černý;Třebíč;U Řeky\n",
		"hungarian":  "Név;Keresztnév;Város;Utca\nSzőke;Gyöngyi;Győr;Fűzfa utca\nKovács;László;Pécs;Őrség tér\nTóth;Erzsébet;Székesfehérvár;Üllői út\n",
		"russian":    "Имя;Фамилия;Город;Улица\nИван;Петров;Москва;Тверская\nМария;Щербакова;Казань;Ленина\n",
		"greek":      "Όνομα;Επώνυμο;Πόλη\nΓιώργος;Παπαδόπουλος;Αθήνα\nΕλένη;Ιωάννου;Θεσσαλονίκη\n",
		"turkish":    "Ad;Soyad;Şehir\nÇağlar;Yılmaz;İstanbul\nIşık;Şahin;Eskişehir\nGülşen;Öztürk;Muğla\n",
		"lithuanian": "Vardas;Pavardė;Miestas\nŠarūnas;Žukauskas;Šiauliai\nRūta;Jonaitytė;Panevėžys\nAudrė;Kęstutienė;Mažeikiai\n",
		"mixed":      "Name;Vorname;Straße\nWeiß;Zoë;Käthe-Weg\nLefèvre;Éric;rue de l’été\nMuñoz;José;Straße des 17. Juni\n",
		"japanese":   "名前;電話;住所;備考\n山田太郎;03;東京都千代田区;なし\n鈴木花子;06;大阪府大阪市;サトウさんの紹介\n",
		"chinese":    "姓名;电话;地址;备注\n王小明;010;北京市朝阳区;老客户\n李雷;021;上海市浦东新区;新客户\n",
	}
}

func TestEncodingIsFound(t *testing.T) {
	western := map[string]encoding.Encoding{"windows-1252": charmap.Windows1252, "macintosh": charmap.Macintosh}
	central := map[string]encoding.Encoding{"windows-1250": charmap.Windows1250, "iso-8859-2": charmap.ISO8859_2}
	sets := map[string]map[string]encoding.Encoding{
		"german": western, "french": western, "spanish": western, "swedish": western,
		"polish": central, "czech": central, "hungarian": central,
		"mixed": western, "greek": {"windows-1253": charmap.Windows1253}, "turkish": {"windows-1254": charmap.Windows1254}, "lithuanian": {"windows-1257": charmap.Windows1257},
		"russian": {"windows-1251": charmap.Windows1251}, "japanese": {"shift_jis": japanese.ShiftJIS}, "chinese": {"gb18030": simplifiedchinese.GB18030},
	}
	utf16 := map[string]encoding.Encoding{
		"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.UseBOM)}
	for language, text := range names() {
		_, want := all(t, text, source.Options{})
		for _, encs := range []map[string]encoding.Encoding{sets[language], utf16} {
			for name, enc := range encs {
				checkEncoding(t, language, name, enc, text, want)
			}
		}
		if language != "japanese" && language != "chinese" && language != "russian" && language != "greek" { // their bytes are not NUL often enough
			checkEncoding(t, language, "UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text, want)
			checkEncoding(t, language, "UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text, want)
		}
	}
}

// checkEncoding reads text in an encoding, which is to be found, and wants the
// rows. Of text that is the same in several, any will do.
func checkEncoding(t *testing.T, language, name string, enc encoding.Encoding, text string, want []source.Row) {
	t.Helper()
	in, err := enc.NewEncoder().String(text)
	if err != nil {
		t.Fatalf("%s in %s: %v", language, name, err)
	}
	r, err := open(t, in, source.Options{})
	if err != nil {
		t.Errorf("%s in %s: %v", language, name, err)
		return
	}
	if d := diff(rest(t, r), want); d != "" {
		t.Errorf("%s in %s was taken for %s (%.2f): %s", language, name, r.Dialect().Encoding, r.Dialect().Confidence, d)
	}
	if c := r.Dialect().Confidence; c <= 0.7 {
		t.Errorf("%s in %s: confidence %.2f", language, name, c)
	}
	sum, err := r.Rest()
	if err != nil || sum != sha(in) {
		t.Errorf("%s in %s: hash of something else than the file (%v)", language, name, err)
	}
}

func TestEncodingOption(t *testing.T) {
	for name, want := range map[string]string{"latin1": "windows-1252", "ISO-8859-15": "iso-8859-15", "utf8": "UTF-8", "macintosh": "macintosh"} {
		enc := map[string]encoding.Encoding{"latin1": charmap.Windows1252, "ISO-8859-15": charmap.ISO8859_15, "utf8": encoding.Nop, "macintosh": charmap.Macintosh}[name]
		text, err := enc.NewEncoder().String("name;sum\nJörg;5\n")
		if err != nil {
			t.Fatal(err)
		}
		r, rows := all(t, text, source.Options{Encoding: name})
		if d := diff(rows, []source.Row{good(2, "Jörg", "5")}); d != "" || r.Dialect().Encoding != want {
			t.Errorf("%s: %s %s", name, r.Dialect().Encoding, d)
		}
	}
	if _, err := open(t, "a,b\n", source.Options{Encoding: "klingon"}); err == nil || !strings.HasPrefix(err.Error(), `leads.csv: "klingon" is no encoding that is known; name one`) {
		t.Error(err)
	}
	if _, err := open(t, "a,b\nMÃ¼ller,JÃ¶rg\n", source.Options{Encoding: "utf-8"}); err != nil {
		t.Errorf("text that is to be taken as it is: %v", err)
	}
	_, rows := all(t, "\xFF\xFEa\x00,\x00b\x00\n\x001\x00,\x002\x00", source.Options{Encoding: "utf-16"})
	if d := diff(rows, []source.Row{good(2, "1", "2")}); d != "" {
		t.Error(d)
	}
}

// What cannot be decoded is no text: U+FFFD never gets into a cell quietly.
func TestUndecodable(t *testing.T) {
	text := "\xFF\xFEa\x00,\x00b\x00\n\x001\x00,\x00\x00\xD8\n\x002\x00,\x003\x00\n\x004\x00,\x005"
	r, rows := all(t, text, source.Options{})
	want := []source.Row{bad(2, source.CodeEncoding, 2, "1,\uFFFD", "1", "\uFFFD"), good(3, "2", "3"), bad(4, source.CodeEncoding, 2, "4,\uFFFD", "4", "\uFFFD")}
	if d := diff(rows, want); d != "" {
		t.Error(d)
	}
	sameRejects(t, r, rows)
}

// The first sign of an encoding may come late in a file.
func TestEncodingFartherOn(t *testing.T) {
	text := "name;city\n" + strings.Repeat("Ann;York\n", 20_000) + "J\xF6rg;M\xFCnchen\n"
	file := tempFile(t, "late.csv", []byte(text))
	r, err := source.Open(file, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows := rest(t, r)
	if last := rows[len(rows)-1]; last.Fault != nil || last.Cells[0] != "Jörg" {
		t.Errorf("%s: %+v", r.Dialect().Encoding, last)
	}
	// Of what comes through a pipe only the start is known: the row is reported.
	_, rows = all(t, text, source.Options{})
	if d := diff(rows[len(rows)-1:], []source.Row{bad(20_002, source.CodeEncoding, 1, "J\xF6rg;M\xFCnchen", "J\xF6rg", "M\xFCnchen")}); d != "" {
		t.Error(d)
	}
}

func TestUTF16InPieces(t *testing.T) {
	var text strings.Builder
	text.WriteString("name,note\n")
	for range 30_000 {
		text.WriteString("Jörg 😀,\"a,b\n\"\n")
	}
	in, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	_, rows := all(t, string(bytes.Clone(in)), source.Options{})
	if len(rows) != 30_000 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		if row.Fault != nil || row.Cells[0] != "Jörg 😀" || row.Cells[1] != "a,b\n" || row.Line != 2+2*i {
			t.Fatalf("row %d: %+v", i, row)
		}
	}
}
