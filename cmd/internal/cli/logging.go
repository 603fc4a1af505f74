package cli

import (
	"io"
	"log/slog"

	"github.com/campsync/campsync/cmd/internal/term"
)

// newLogger logs to w. Phone numbers are masked in everything that passes.
func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: maskAttr}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func maskAttr(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		return slog.String(a.Key, term.MaskNumbers(v))
	case error:
		return slog.String(a.Key, term.MaskNumbers(v.Error()))
	}
	return a
}

// logLevel is the word of --log-level as slog knows it.
func (a *app) logLevel() slog.Level {
	var level slog.Level
	// The words of the flag are those that slog knows.
	_ = level.UnmarshalText([]byte(a.global.logLevel.value))
	return level
}
