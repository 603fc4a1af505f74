package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// tokenVariable is the only variable that holds a secret.
const tokenVariable = "CAMPSYNC_TOKEN"

// maxToken is more than any token has; a file that is longer holds something else.
const maxToken = 16 << 10

// token gives the API token and says where it came from. A file that was named
// on the command line goes before the variable, and that before a file that
// the configuration names.
func (a *app) token() (secret, origin string, err error) {
	file, from := string(a.global.tokenFile), a.origins["token-file"]
	secret = a.env.get(tokenVariable)
	if secret != "" && from != "--token-file" {
		if secret, err = trimToken(secret); err != nil {
			err = fmt.Errorf("%s: %w", tokenVariable, err)
		}
		return secret, tokenVariable, err
	}
	if file == "" {
		return "", "", errors.New("there is no API token")
	}
	secret, err = readToken(file)
	if err != nil {
		err = fmt.Errorf("token file %s (%s): %w", file, from, err)
	}
	return secret, file, err
}

// readToken reads a token from a file that only its owner may read.
func readToken(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", errors.Unwrap(err) // the name stands before it already
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("others may read or change it (mode %04o); run: chmod 600 %s", mode, name)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", err
	}
	return trimToken(string(text))
}

// trimToken takes the line end off that editors leave behind. What a token may
// consist of is the client's to check. Errors say nothing of its text.
func trimToken(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", errors.New("it is empty")
	case len(text) > maxToken:
		return "", errors.New("it is too long for a token")
	}
	return text, nil
}
