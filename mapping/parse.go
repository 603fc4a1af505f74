package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSpec bounds a mapping file, in bytes.
const maxSpec = 1 << 20

// ParseSpec reads a mapping file. It is strict: keys that are not known or
// stand twice, and values of a wrong kind are faults. All faults are in the
// error, each an [*Error] that shows its place. Whether targets and columns
// exist is seen by [Compile].
func ParseSpec(name string, text []byte) (*Spec, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	d := decoder{file: newOrigin(name, text)}
	if len(text) > maxSpec {
		return nil, d.file.fault(position{}, "", "a mapping file has at most %d bytes, this one has %d", maxSpec, len(text))
	}
	// The parser loses count of lines that end in CRLF; to YAML both ends are one.
	root, err := d.document(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	if err != nil {
		return nil, err
	}
	spec := d.spec(root)
	if len(d.faults) > 0 {
		return nil, errors.Join(d.faults...)
	}
	return spec, nil
}

// decoder turns the syntax tree of a mapping file into a Spec and collects
// the faults on its way.
type decoder struct {
	file   *origin
	faults []error
}

func (d *decoder) document(text []byte) (root ast.Node, err error) {
	defer func() {
		// The YAML parser is known to panic on some malformed texts.
		if r := recover(); r != nil {
			root, err = nil, d.file.fault(position{}, "", "this is not YAML that can be read (%v)", r)
		}
	}()
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		var bad yaml.Error
		if !errors.As(err, &bad) {
			return nil, d.file.fault(position{}, "", "reading it as YAML: %v", err)
		}
		at := position{}
		if t := bad.GetToken(); t != nil && t.Position != nil {
			at = position{t.Position.Line, t.Position.Column}
		}
		return nil, d.file.fault(at, "", "%s", escape(bad.GetMessage()))
	}
	var docs []ast.Node
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	switch len(docs) {
	case 0:
		return nil, d.file.fault(position{}, "see \"campsync map\", which proposes one", "the mapping file is empty")
	case 1:
		return docs[0], nil
	}
	return nil, d.file.fault(where(docs[1]), "", "a mapping file is one YAML document, this one has %d", len(docs))
}

func where(n ast.Node) position {
	t := n.GetToken()
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			t = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = n.Key.GetToken()
	}
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

func (d *decoder) fault(n ast.Node, hint, format string, args ...any) {
	d.faults = append(d.faults, d.file.fault(where(n), hint, format, args...))
}

// pairs goes through the keys of a mapping in their order.
func (d *decoder) pairs(n ast.Node, what string, each func(key string, at position, value ast.Node)) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		d.fault(n, "", "%s is written as keys with values, this is %s", what, kind(n))
		return
	}
	seen := map[string]bool{}
	for _, v := range values {
		key, ok := scalar(v.Key)
		if !ok {
			d.fault(v.Key, "", "%s cannot be a key of %s", kind(v.Key), what)
			continue
		}
		if seen[key] {
			d.fault(v.Key, "", "%s stands twice in %s", quote(key), what)
			continue
		}
		seen[key] = true
		each(key, where(v.Key), v.Value)
	}
}

// object goes through the keys of a mapping that has a fixed set of them.
func (d *decoder) object(n ast.Node, what string, keys map[string]func(value ast.Node)) {
	d.pairs(n, what, func(key string, at position, value ast.Node) {
		set, ok := keys[key]
		if !ok {
			var known []string
			for k := range keys {
				known = append(known, k)
			}
			slices.Sort(known)
			d.faults = append(d.faults, d.file.fault(at, didYouMean(key, known), "unknown key %s in %s", quote(key), what))
			return
		}
		set(value)
	})
}

// text reads a scalar as its author wrote it: a column may well be called 2024.
func (d *decoder) text(n ast.Node, what string) string {
	s, ok := scalar(n)
	switch {
	case !ok:
		d.fault(n, "", "%s is a text, this is %s", what, kind(n))
	case strings.TrimSpace(s) == "":
		d.fault(n, "", "%s is empty", what)
	}
	return s
}

// word reads a scalar that is one of a few words.
func (d *decoder) word(n ast.Node, what string, words ...string) string {
	s := d.text(n, what)
	if s != "" && !slices.Contains(words, s) {
		d.fault(n, didYouMean(s, words), "%s cannot be %s", what, quote(s))
	}
	return s
}

func (d *decoder) number(n ast.Node, what string) int {
	s, _ := scalar(n)
	i, err := strconv.Atoi(s)
	if err != nil {
		d.fault(n, "", "%s is a whole number, this is %s", what, kind(n))
	}
	return i
}

// texts reads a list of scalars; one alone needs no brackets.
func (d *decoder) texts(n ast.Node, what string, at places, key string) []string {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		at[key+".0"] = where(n)
		return []string{d.text(n, what)}
	}
	if len(seq.Values) == 0 {
		d.fault(n, "", "%s is an empty list", what)
	}
	var all []string
	for i, v := range seq.Values {
		at[fmt.Sprintf("%s.%d", key, i)] = where(v)
		all = append(all, d.text(v, what))
	}
	return all
}

func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func kind(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor, which mapping files do not use"
	case *ast.TagNode:
		return "a tag, which mapping files do not use"
	default:
		if s, ok := scalar(n); ok {
			return quote(s)
		}
		return "something else"
	}
}
