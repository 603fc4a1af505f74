package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// origins says where each setting came from: "--rate", "CAMPSYNC_RATE" or
// "campsync.yaml:3". Settings that have their default are not in it.
type origins map[string]string

// resolve gives every flag of cmd that was not on the command line its value
// from the environment or else from the configuration.
func (a *app) resolve(cmd *cobra.Command) error {
	a.origins = make(origins)
	flags := cmd.Flags()
	flags.Visit(func(f *pflag.Flag) { a.origins[f.Name] = "--" + f.Name })
	// These two say which file is read.
	for _, name := range []string{"config", "profile"} {
		if err := a.fromEnvironment(flags.Lookup(name)); err != nil {
			return err
		}
	}
	known := allFlags(cmd.Root())
	conf, err := a.loadConfig(known)
	if err != nil {
		return err
	}
	a.api = conf.api
	var first error
	flags.VisitAll(func(f *pflag.Flag) {
		if first == nil {
			first = a.fromEnvironment(f)
		}
		if first == nil {
			first = a.fromConfig(f, conf)
		}
	})
	if first == nil {
		a.warnOfUnknownVariables(known)
	}
	return first
}

func (a *app) fromEnvironment(f *pflag.Flag) error {
	name := variable(f.Name)
	text := a.env[name]
	if text == "" || a.origins[f.Name] != "" || f.Name == "help" { // empty is not set, as in the tables of CI systems
		return nil
	}
	if err := setFlag(f, splitFor(f, text)); err != nil {
		return usageError("", fmt.Errorf("%s: %q: %w", name, text, err))
	}
	a.origins[f.Name] = name
	return nil
}

func (a *app) fromConfig(f *pflag.Flag, conf config) error {
	s, ok := conf.flags[f.Name]
	if !ok || a.origins[f.Name] != "" {
		return nil
	}
	values := s.values
	if isPath(f) {
		values = slices.Clone(values)
		for i, v := range values {
			values[i] = relativeTo(filepath.Dir(s.file), v, a.env)
		}
	}
	if !isList(f) && len(values) != 1 {
		return s.fault(fmt.Sprintf("%s takes one value", s.key))
	}
	if err := setFlag(f, values); err != nil {
		return s.fault(fmt.Sprintf("%s: %v", s.key, err))
	}
	a.origins[f.Name] = s.place()
	return nil
}

func setFlag(f *pflag.Flag, values []string) error {
	for _, v := range values {
		if err := f.Value.Set(v); err != nil {
			if f.Value.Type() == "bool" {
				return fmt.Errorf("must be true or false")
			}
			return err
		}
	}
	f.Changed = true
	return nil
}

// splitFor cuts a variable's text where its flag may be given several times.
// A value that has a comma in it has to be a flag or stand in the file.
func splitFor(f *pflag.Flag, text string) []string {
	if !isList(f) {
		return []string{text}
	}
	values := strings.Split(text, ",")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

func isList(f *pflag.Flag) bool {
	switch f.Value.(type) {
	case *filePaths, *texts, *conflictFlag:
		return true
	}
	return false
}

func isPath(f *pflag.Flag) bool {
	switch f.Value.(type) {
	case *filePath, *folderPath, *filePaths:
		return true
	}
	return false
}

// relativeTo makes a path of a configuration file absolute or relative to
// where campsync was started: "-" and absolute paths stay, ~/ is the home.
func relativeTo(folder, path string, env environment) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && env.get("HOME") != "" {
		return filepath.Join(env.get("HOME"), rest)
	}
	if path == "" || path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// allFlags are the names of the flags of all commands.
func allFlags(root *cobra.Command) map[string]bool {
	names := make(map[string]bool)
	add := func(f *pflag.Flag) { names[f.Name] = true }
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.PersistentFlags().VisitAll(add)
		c.LocalFlags().VisitAll(add)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	delete(names, "help")
	delete(names, "version")
	return names
}

// warnOfUnknownVariables logs what looks like a setting and is none.
func (a *app) warnOfUnknownVariables(known map[string]bool) {
	names := []string{tokenVariable}
	for flag := range known {
		names = append(names, variable(flag))
	}
	slices.Sort(names)
	for _, name := range slices.Sorted(maps.Keys(a.env)) {
		if strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
			a.log.Warn(name + " in the environment is no setting of campsync" + didYouMean(name, names))
		}
	}
}
