package cli

import (
	"path/filepath"
	"runtime"
	"strings"
)

// prefix begins the name of every variable that is a setting.
const prefix = "CAMPSYNC_"

// environment is the process's environment as it was at the start.
type environment map[string]string

func newEnvironment(env []string) environment {
	e := make(environment, len(env))
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		e[name] = value
	}
	return e
}

func (e environment) get(name string) string { return e[name] }

// variable is the environment's name of a flag.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configHome is the user's configuration folder (on Linux as the XDG Base
// Directory Specification has it); "" where there is none.
func (e environment) configHome() string {
	return e.userFolder("XDG_CONFIG_HOME", "AppData", "Library/Application Support", ".config")
}

// stateHome is the user's folder for what programs remember.
func (e environment) stateHome() string {
	return e.userFolder("XDG_STATE_HOME", "LocalAppData", "Library/Application Support", ".local/state")
}

func (e environment) userFolder(xdg, windows, darwin, other string) string {
	if folder := e.get(xdg); filepath.IsAbs(folder) {
		return folder
	}
	if runtime.GOOS == "windows" {
		return e.get(windows)
	}
	home := e.get("HOME")
	switch {
	case home == "":
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(home, filepath.FromSlash(darwin))
	}
	return filepath.Join(home, filepath.FromSlash(other))
}
