package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// configName is the name of a configuration file, in the folder where campsync
// is started and in the user's configuration folder.
const configName = "campsync.yaml"

// config is what all configuration files say together, for one profile.
type config struct {
	flags map[string]setting // by the flag's name
	api   apiConfig
}

// apiConfig is what only a configuration file can set.
type apiConfig struct {
	createOrder, updateOrder, associate, removeOrder string // paths
}

// fields are its keys.
func (c *apiConfig) fields() map[string]*string {
	return map[string]*string{
		"api.paths.createOrder": &c.createOrder,
		"api.paths.updateOrder": &c.updateOrder,
		"api.paths.associate":   &c.associate,
		"api.paths.removeOrder": &c.removeOrder,
	}
}

// loadConfig reads the configuration files. A setting of the profile goes
// before one for all, this folder's file before the user's.
func (a *app) loadConfig(known map[string]bool) (config, error) {
	files, err := a.configFiles()
	if err != nil {
		return config{}, err
	}
	var general, profiled []map[string]setting
	var profiles []string
	for _, f := range files {
		doc, err := parseConfig(f)
		if err != nil {
			return config{}, err
		}
		general = append(general, doc.settings)
		profiles = append(profiles, slices.Collect(maps.Keys(doc.profiles))...)
		if a.global.profile == "" && a.origins["profile"] == "" && len(doc.settings["profile"].values) == 1 {
			a.global.profile = doc.settings["profile"].values[0]
		}
		for _, name := range slices.Sorted(maps.Keys(doc.profiles)) {
			if err := checkKeys(doc.profiles[name], known); err != nil {
				return config{}, err
			}
		}
		if err := checkKeys(doc.settings, known); err != nil {
			return config{}, err
		}
		profiled = append(profiled, doc.profiles[a.global.profile])
	}
	if name := a.global.profile; name != "" && !slices.Contains(profiles, name) {
		return config{}, usageError("", fmt.Errorf("there is no profile %q in the configuration%s", name, didYouMean(name, profiles)))
	}
	return merge(append(profiled, general...))
}

// merge takes each setting from the first layer that has it.
func merge(layers []map[string]setting) (config, error) {
	c := config{flags: make(map[string]setting)}
	api := c.api.fields()
	for _, layer := range slices.Backward(layers) {
		for key, s := range layer {
			field, ok := api[key]
			if !ok {
				c.flags[flagName(key)] = s
				continue
			}
			if len(s.values) != 1 {
				return config{}, s.fault(s.key + " takes one value")
			}
			*field = s.values[0]
		}
	}
	return c, nil
}

// checkKeys refuses what is no setting.
func checkKeys(settings map[string]setting, known map[string]bool) error {
	var keys []string
	for name := range known {
		if name != "config" {
			keys = append(keys, keyOf(name))
		}
	}
	for name := range new(apiConfig).fields() {
		keys = append(keys, name)
	}
	slices.Sort(keys)
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		switch s := settings[key]; {
		case key == "token":
			return s.fault("the token itself must not stand in a configuration; put it into a file that nobody else can read, and name that as tokenFile")
		case !slices.Contains(keys, key):
			return s.fault(fmt.Sprintf("%s is no setting%s", s.key, didYouMean(key, keys)))
		}
	}
	return nil
}

// keyOf is the key of a flag: tokenFile for token-file.
func keyOf(flag string) string {
	words := strings.Split(flag, "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// flagName is the flag of a key.
func flagName(key string) string {
	var b strings.Builder
	for _, r := range key {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// configFile is a file as it was read.
type configFile struct {
	name string
	text []byte
}

func (a *app) configFiles() ([]configFile, error) {
	if name := string(a.global.config); name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, usageError("", fmt.Errorf("reading the configuration: %w", err))
		}
		return []configFile{{name, text}}, nil
	}
	names := []string{configName}
	if folder := a.env.configHome(); folder != "" {
		names = append(names, filepath.Join(folder, "campsync", configName))
	}
	var files []configFile
	for _, name := range names {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, usageError("", fmt.Errorf("reading the configuration: %w", err))
		}
		files = append(files, configFile{name, text})
	}
	return files, nil
}
