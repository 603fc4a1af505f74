package client

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMessage = 500 // bytes of a message or field message that are kept
	maxCode    = 64  // of a code; a longer one is none
	maxFields  = 20
)

// refusal reads the answer of a server that did not do what it was asked.
func (r *requester) refusal(resp *http.Response, text []byte) *Error {
	e := &Error{Status: resp.StatusCode}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.Code, e.Message = CodeRedirect, r.redirected(resp)
		return e
	}
	e.Code, e.Message, e.Fields = parseErrorBody(text)
	e.Message = r.secret.clean(e.Message)
	e.Code = r.secret.clean(e.Code)
	if e.Code == "" || len(e.Code) > maxCode || strings.ContainsFunc(e.Code, unicode.IsSpace) {
		e.Code = fmt.Sprintf("http-%d", resp.StatusCode) // what they sent is no word to go by
	}
	e.Fields = e.Fields[:min(len(e.Fields), maxFields)]
	for i, f := range e.Fields {
		e.Fields[i] = FieldError{Field: r.secret.clean(f.Field), Message: r.secret.clean(f.Message)}
	}
	return e
}

// redirected says where a 3xx points, as far as it helps to mend the base URL.
func (r *requester) redirected(resp *http.Response) string {
	const message = "the server points elsewhere, which is not followed"
	to, err := resp.Location()
	if err != nil || to.Host == "" {
		return message + "; check the base URL"
	}
	to = &url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
	return r.secret.clean(message + "; check the base URL: it says " + to.String())
}

// parseErrorBody reads the shapes that error bodies come in: {"message"},
// {"error": "..."}, {"error": {code, message}}, {"errors": [{field, message}]},
// several of these at once, plain text, a page of HTML, or nothing.
func parseErrorBody(text []byte) (code, message string, fields []FieldError) {
	o, err := parseObject(text)
	if err != nil || !json.Valid(text) {
		return "", plainMessage(text), nil
	}
	code = o.literal("code")
	message = o.words("message")
	inner, _ := o.raw("error")
	if nested, err := parseObject(inner); err == nil {
		code = cmp.Or(nested.literal("code"), code)
		message = cmp.Or(nested.words("message"), message)
		fields = nested.fieldErrors()
	} else {
		message = cmp.Or(message, o.words("error"))
	}
	fields = append(fields, o.fieldErrors()...)
	if code == "" && message == "" && len(fields) == 0 {
		message = string(text)
	}
	return code, message, fields
}

// words reads a text, or an array of texts.
func (o *object) words(field string) string {
	if s := o.text(field); s != "" {
		return s
	}
	var all []string
	take(o, field, &all)
	return strings.Join(all, "; ")
}

// fieldErrors reads "errors": an array of {field, message} or of texts, or an
// object of field to text or texts.
func (o *object) fieldErrors() (errors []FieldError) {
	raw, _ := o.raw("errors")
	if items, err := splitArray(raw); err == nil {
		for _, item := range items {
			if f, err := parseObject(item); err == nil {
				errors = append(errors, FieldError{Field: f.text("field"), Message: f.words("message")})
			} else if text, ok := parseString(item); ok && text != "" {
				errors = append(errors, FieldError{Message: text})
			}
		}
	} else if named, err := parseObject(raw); err == nil {
		for _, m := range named.members {
			if text := named.words(string(m.key)); text != "" {
				errors = append(errors, FieldError{Field: string(m.key), Message: text})
			}
		}
	}
	return errors
}

// plainMessage is what a body that is no JSON says.
func plainMessage(text []byte) string {
	if title, ok := htmlTitle(text); ok {
		if title == "" {
			return "a page of HTML instead of the API's answer"
		}
		return title + " (a page of HTML)"
	}
	return string(text)
}

// unreadable says what is wrong with a 2xx.
func unreadable(text []byte, err error) string {
	if len(text) == 0 {
		return "the answer is empty"
	}
	if title, ok := htmlTitle(text); ok {
		return strings.TrimSpace("the answer is a page of HTML, not of the API: " + title)
	}
	return "the answer cannot be used: " + err.Error()
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title`)

// htmlTitle reports whether text is HTML, and its title.
func htmlTitle(text []byte) (string, bool) {
	head := text[:min(len(text), 8<<10)]
	if len(head) == 0 || head[0] != '<' {
		return "", false
	}
	lower := bytes.ToLower(head)
	if !bytes.Contains(lower, []byte("<html")) && !bytes.Contains(lower, []byte("<!doctype")) && !bytes.Contains(lower, []byte("<title")) {
		return "", false
	}
	if m := titleTag.FindSubmatch(head); m != nil {
		return strings.TrimSpace(html.UnescapeString(string(m[1]))), true
	}
	return "", true
}

// printable makes text one line of at most limit bytes. Control and format
// characters (those that turn the direction of text among them) are written
// as escapes, so that no terminal obeys them.
func printable(text string, limit int) string {
	var b strings.Builder
	space := false
	for i, r := range text {
		if b.Len() > limit {
			b.WriteString("...")
			break
		}
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
			b.WriteString(escape(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func escape(r rune) string {
	if r < 0x80 {
		return fmt.Sprintf(`\x%02x`, r)
	}
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
