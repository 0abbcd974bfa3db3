package source

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// Limits far above any policy: they bound the time and memory that a hostile or wrong file can cost.
const (
	maxBytes = 256 << 10
	maxDepth = 50
	maxNodes = 200_000
)

// parse returns the file's only document as nodes. If it cannot be read, parse reports why and returns nil.
func (r *reader) parse(yaml []byte) *node {
	yaml = bytes.TrimPrefix(yaml, []byte("\ufeff"))
	if !r.plausible(yaml) {
		return nil
	}
	yaml = bytes.ReplaceAll(bytes.ReplaceAll(yaml, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	file, err := parseYAML(yaml)
	if err != nil {
		r.reportSyntax(err)
		return nil
	}
	body := r.soleDocument(file)
	if body == nil {
		return nil
	}
	return (&converter{reader: r, anchors: map[string]*node{}}).convert(body, 0)
}

// plausible reports text that is not UTF-8 or is too large, and characters that YAML does not allow.
func (r *reader) plausible(yaml []byte) bool {
	if len(yaml) > maxBytes {
		r.report(r.at(1, 1), analysis.Malformed, "the file is larger than 256 KiB", "a policy is a few pages; is this the right file?")
		return false
	}
	line, column := 1, 1
	for rest := yaml; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size <= 1:
			r.report(r.at(line, column), analysis.Malformed, "the file is not UTF-8", "save it as UTF-8")
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
			r.report(r.at(line, column), analysis.Malformed, fmt.Sprintf("control character %U", c), "remove it")
			return false
		}
		column++
		if c == '\n' || c == '\r' && !bytes.HasPrefix(rest, []byte("\r\n")) {
			line, column = line+1, 1
		}
		rest = rest[size:]
	}
	return true
}

func (r *reader) at(line, column int) Position {
	return Position{File: r.file, Line: max(line, 1), Column: max(column, 1)}
}

var (
	errParser = errors.New("the file can't be read as YAML")
	errDepth  = errors.New("the file nests too deeply")
)

// parseYAML parses the text. The parser is known to panic on some malformed input, which is malformed all the same.
func parseYAML(yaml []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errParser
		}
	}()
	tokens := lexer.Tokenize(string(yaml))
	if tooDeep(tokens) {
		return nil, errDepth
	}
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// tooDeep bounds how deep the text nests before the parser follows it down: brackets, and on one line everything
// that may open a level. Indentation bounds itself, because each level makes a line longer.
func tooDeep(tokens token.Tokens) bool {
	open, onLine, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			if open == 0 {
				onLine++
			}
		}
		if open > maxDepth || onLine > maxDepth {
			return true
		}
	}
	return false
}

func (r *reader) reportSyntax(err error) {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
		at := syntax.Token.Position
		r.report(r.at(at.Line, at.Column), analysis.Malformed, "not YAML: "+syntax.Message, "check indentation, brackets and quotes here")
		return
	}
	r.report(r.at(1, 1), analysis.Malformed, err.Error(), "check indentation, brackets and quotes")
}

// soleDocument returns the body of the file's only document. It reports a missing or a second document and returns nil.
func (r *reader) soleDocument(file *ast.File) ast.Node {
	var documents []*ast.DocumentNode
	for _, d := range file.Docs {
		if directive, ok := d.Body.(*ast.DirectiveNode); ok {
			r.directive(directive)
			continue
		}
		if d.Body != nil || d.Start != nil {
			documents = append(documents, d)
		}
	}
	switch {
	case len(documents) == 0 || documents[0].Body == nil:
		r.report(r.at(1, 1), analysis.Malformed, "the file is empty", "a policy needs mode, ceiling, budget and rules")
		return nil
	case len(documents) > 1:
		at := r.documentStart(documents[1])
		r.report(at, analysis.Malformed, "a second document", "a policy file is one document: remove `---` and what follows")
	}
	return documents[0].Body
}

func (r *reader) documentStart(d *ast.DocumentNode) Position {
	if d.Start != nil {
		return r.tokenAt(d.Start)
	}
	start := d.Body
	if m, ok := start.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		start = m.Values[0].Key
	}
	return r.tokenAt(start.GetToken())
}

func (r *reader) directive(d *ast.DirectiveNode) {
	if d.Name == nil || d.Name.GetToken().Value != "YAML" {
		r.report(r.tokenAt(d.GetToken()), analysis.Malformed, "a directive", "remove the line")
	}
}

func (r *reader) tokenAt(t *token.Token) Position { return r.at(t.Position.Line, t.Position.Column) }
