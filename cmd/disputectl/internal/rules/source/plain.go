package source

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// whiteSpace is what YAML counts as such within a line.
const whiteSpace = " \t"

// plainText is the value of a scalar without quotes, by what is written in the file: the parser drops tabs from its own.
// A line break is a space, and each empty line after it a line break.
func plainText(written string) string {
	var b strings.Builder
	empty := 0
	for _, line := range strings.Split(strings.Trim(written, whiteSpace+"\n"), "\n") {
		line = strings.Trim(line, whiteSpace)
		switch {
		case line == "":
			empty++
			continue
		case empty > 0:
			b.WriteString(strings.Repeat("\n", empty))
		case b.Len() > 0:
			b.WriteByte(' ')
		}
		empty = 0
		b.WriteString(line)
	}
	return b.String()
}

// mustQuote reports a scalar without quotes that YAML does not allow, although the parser reads it.
func (c *converter) mustQuote(n *node) {
	switch {
	case n.value != "" && strings.Contains("%}]{[,&*!|>'\"@`#", n.value[:1]):
		c.report(n.at, analysis.Malformed, "a value can't begin with "+n.value[:1], "quote it")
	case c.brackets > 0 && strings.ContainsAny(n.value, "[]{}"):
		c.report(n.at, analysis.Malformed, "a bracket inside a value", "quote the value, or check the brackets before it")
	case strings.Contains(n.value, ": ") || strings.HasSuffix(n.value, ":"):
		c.report(n.at, analysis.Malformed, "a colon inside a value", "quote the value, or put what follows on its own line")
	}
}

// spaced reports a key without quotes whose colon has no space after it: YAML takes the two for one text, the parser
// for a key and its value.
func (c *converter) spaced(key ast.Node, n *ast.MappingValueNode) {
	if n.Value == nil || n.Start == nil || quoted(key.GetToken()) {
		return
	}
	colon, value := n.Start.Position, n.Value.GetToken()
	apart := value.Position.Line != colon.Line || value.Position.Column != colon.Column+1 || // where a tab takes no column
		strings.HasPrefix(value.Origin, "\t")
	if apart || slices.Contains([]token.Type{token.SequenceStartType, token.MappingStartType, token.ImplicitNullType}, value.Type) {
		return
	}
	c.report(c.tokenAt(n.Start), analysis.Malformed, "no space after the colon",
		"write "+key.GetToken().Value+": with a space if it is a key, or quote the text")
}

// indented reports a value on its own line that is not indented deeper than its key: YAML refuses it, and it may be meant
// as the next key.
func (c *converter) indented(key ast.Node, n *ast.MappingValueNode) {
	value, isScalar := n.Value.(ast.ScalarNode)
	if c.brackets > 0 || !isScalar || n.Start == nil {
		return
	}
	at := value.GetToken().Position
	if at.Line > n.Start.Position.Line && at.Column <= key.GetToken().Position.Column {
		c.report(c.tokenAt(value.GetToken()), analysis.Malformed, "a value that is not indented deeper than its key", "indent it, or put it after the colon")
	}
}

func quoted(t *token.Token) bool {
	return t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
}
