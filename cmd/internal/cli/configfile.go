package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// setting is one value of a configuration file, or several.
type setting struct {
	key    string // as it is written
	values []string
	file   string
	pos    *token.Position
	line   string // text of the line on which it stands
}

// place is where it stands: campsync.yaml:3.
func (s setting) place() string { return fmt.Sprintf("%s:%d", s.file, s.pos.Line) }

// fault is an error that shows the place of the setting.
func (s setting) fault(text string) error {
	err := fmt.Errorf("%s:%d:%d: %s", s.file, s.pos.Line, s.pos.Column, text)
	if s.line == "" || secretLine.MatchString(s.line) {
		return usageError("", err)
	}
	number := fmt.Sprint(s.pos.Line)
	gap := strings.Repeat(" ", len(number))
	caret := strings.Repeat(" ", max(0, s.pos.Column-1)) + "^"
	return usageError(fmt.Sprintf("%s | %s\n%s | %s", number, s.line, gap, caret), err)
}

// secretLine finds lines that are never shown: somebody may have put the
// token itself into the file.
var secretLine = regexp.MustCompile(`(?i)token["']?\s*:`)

// configDocument is what one file says.
type configDocument struct {
	file     string
	lines    []string
	settings map[string]setting
	profiles map[string]map[string]setting
}

func parseConfig(f configFile) (*configDocument, error) {
	d := &configDocument{file: f.name, lines: strings.Split(string(f.text), "\n")}
	file, err := parser.ParseBytes(f.text, 0)
	var fault yaml.Error
	if errors.As(err, &fault) && fault.GetToken() != nil {
		return nil, d.at("", fault.GetToken()).fault(fault.GetMessage())
	}
	if err != nil {
		return nil, usageError("", fmt.Errorf("%s: %w", f.name, err))
	}
	d.settings, d.profiles = make(map[string]setting), make(map[string]map[string]setting)
	for i, doc := range file.Docs {
		if i > 0 {
			return nil, d.at("", doc.Start).fault("a configuration is one YAML document; this begins a second")
		}
		if err := d.read(doc.Body); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *configDocument) read(body ast.Node) error {
	if body == nil || body.Type() == ast.NullType || body.Type() == ast.CommentType {
		return nil
	}
	entries, err := d.entries(body, "a configuration consists of lines like \"campaign: Demo\"")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Key.GetToken().Value != "profiles" {
			if err := d.add(d.settings, "", e); err != nil {
				return err
			}
			continue
		}
		profiles, err := d.entries(e.Value, "profiles are names, each with settings of its own below it")
		if err != nil {
			return err
		}
		for _, p := range profiles {
			name := p.Key.GetToken().Value
			d.profiles[name] = make(map[string]setting)
			settings, err := d.entries(p.Value, fmt.Sprintf("profile %s has no settings", name))
			if err != nil {
				return err
			}
			for _, s := range settings {
				if err := d.add(d.profiles[name], "", s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// entries are the lines of a mapping.
func (d *configDocument) entries(n ast.Node, otherwise string) ([]*ast.MappingValueNode, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	}
	return nil, d.at("", n.GetToken()).fault(otherwise)
}

// add takes a line into settings. Keys below api are joined: api.paths.associate.
func (d *configDocument) add(settings map[string]setting, parent string, e *ast.MappingValueNode) error {
	written := parent + e.Key.GetToken().Value
	s := d.at(written, e.Key.GetToken())
	switch value := e.Value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		if written != "api" && written != "api.paths" {
			return s.fault(written + " takes a value, not settings of its own")
		}
		entries, err := d.entries(value, "")
		if err != nil {
			return err
		}
		for _, child := range entries {
			if err := d.add(settings, written+".", child); err != nil {
				return err
			}
		}
		return nil
	case *ast.SequenceNode:
		for _, item := range value.Values {
			text, ok := scalar(item)
			if !ok {
				return d.at(written, item.GetToken()).fault(written + " takes a list of plain values")
			}
			s.values = append(s.values, text)
		}
	default:
		text, ok := scalar(value)
		if !ok {
			return s.fault(written + " has no plain value")
		}
		s.values = []string{text}
	}
	key := written
	if parent == "" {
		key = keyOf(written)
	}
	if earlier, ok := settings[key]; ok {
		return s.fault(fmt.Sprintf("%s stands twice; the other is in line %d", written, earlier.pos.Line))
	}
	settings[key] = s
	return nil
}

// at is a setting that stands where tok does, without a value.
func (d *configDocument) at(key string, tok *token.Token) setting {
	s := setting{key: key, file: d.file, pos: tok.Position}
	if n := tok.Position.Line; n >= 1 && n <= len(d.lines) {
		s.line = strings.TrimRight(d.lines[n-1], "\r")
	}
	return s
}

// scalar is the text of a plain value, as it is written.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	}
	return "", false
}
