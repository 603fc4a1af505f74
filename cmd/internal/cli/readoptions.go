package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// readOptions are the flags of commands that read files of contacts.
type readOptions struct {
	mapping    filePath
	campaign   string
	recordType recordTypeRef
	format     source.Options
	region     string
	limit      count // rows; 0: all
	duplicates choice
}

func (o *readOptions) bind(cmd *cobra.Command) {
	o.bindFile(cmd)
	fs := cmd.Flags()
	fs.Var(&o.mapping, "mapping", "mapping `FILE`: which column becomes what (default: columns are matched by name)")
	bindChoice(cmd, fs, &o.duplicates, "duplicates", "which of several rows with one key is taken", "first", "last", "error")
}

// bindFile binds those that say how a file is read, and what it is for.
func (o *readOptions) bindFile(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&o.campaign, "campaign", "c", "", "`NAME` or UUID of the campaign")
	fs.Var(&o.recordType, "record-type", "record type that parameters are checked against: a JSON file, or a UUID")
	bindFormat(fs, &o.format)
	fs.StringVar(&o.region, "region", "", "`CC`, the country of numbers that have none, such as GB; it goes before the mapping's")
	fs.Var(&o.limit, "limit", "read only the first N rows (0: all)")
}

// check finds what the flags' own types cannot.
func (o *readOptions) check() (err error) {
	o.region, err = regionCode(o.region)
	return err
}

// regionCode is the country that --region names, in capitals.
func regionCode(text string) (string, error) {
	region := strings.ToUpper(text)
	if region != "" && (len(region) != 2 || strings.Trim(region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return "", usageError("", fmt.Errorf("--region %q: must be a country's two letters (ISO 3166-1), such as GB", text))
	}
	if region == "" {
		return "", nil
	}
	code, ok := mapping.ReadCountry(region) // UK is GB
	if !ok {
		return "", usageError("", fmt.Errorf("--region %q: is no country", text))
	}
	return code, nil
}

// needCampaign is check for commands that cannot do without a campaign.
func needCampaign(campaign string) error {
	if campaign != "" {
		return nil
	}
	return usageError("campsync campaigns lists them", errors.New("which campaign? name it with --campaign NAME (or CAMPSYNC_CAMPAIGN, or campaign: in campsync.yaml)"))
}

// recordTypeRef is a record type: a file or a UUID.
type recordTypeRef struct {
	File, UUID string // one of them, or none
}

func (r *recordTypeRef) String() string { return r.File + r.UUID }
func (r *recordTypeRef) Type() string   { return "FILE|UUID" }

func (r *recordTypeRef) Set(text string) error {
	switch {
	case text == "":
		return errors.New("must not be empty")
	case isUUID(text):
		*r = recordTypeRef{UUID: strings.ToLower(text)}
	default:
		*r = recordTypeRef{File: text}
	}
	return nil
}

// isUUID reports whether text has the form of RFC 9562.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (text[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(text[i])) {
			return false
		}
	}
	return true
}

// stdinName is the argument that stands for stdin.
const stdinName = "-"

// expandFiles turns the FILE arguments of a command into paths: globs are
// expanded in order of their names, for shells that do not, and a file that is
// named twice is refused, because every row of it would be a duplicate.
func expandFiles(cmd *cobra.Command, args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, usageError(helpHint(cmd), fmt.Errorf("%s needs a file (- for stdin)", cmd.CommandPath()))
	}
	var paths []string
	var infos []os.FileInfo
	for _, arg := range args {
		found, err := expandFile(arg)
		if err != nil {
			return nil, usageError("", err)
		}
		for _, path := range found {
			info, err := checkFile(path)
			if err != nil {
				return nil, usageError("", err)
			}
			twice := func(i int) bool {
				return paths[i] == path || info != nil && infos[i] != nil && os.SameFile(info, infos[i])
			}
			for i := range paths {
				if twice(i) {
					return nil, usageError("", fmt.Errorf("%s is given twice (as %s)", path, paths[i]))
				}
			}
			paths, infos = append(paths, path), append(infos, info)
		}
	}
	return paths, nil
}

func expandFile(arg string) ([]string, error) {
	if arg == stdinName {
		return []string{arg}, nil
	}
	if _, err := os.Lstat(arg); err == nil || !strings.ContainsAny(arg, "*?[") {
		return []string{arg}, nil
	}
	found, err := filepath.Glob(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no file has such a name", arg)
	}
	slices.Sort(found)
	return found, nil
}

// checkFile finds early what would stop a run at the file's turn.
func checkFile(path string) (os.FileInfo, error) {
	if path == stdinName {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name the files in it, as in %s", path, filepath.Join(path, "*.csv"))
	}
	return info, nil
}
