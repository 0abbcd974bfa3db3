package source

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// converter makes nodes of the parser's tree.
type converter struct {
	*reader
	anchors map[string]*node
	// brackets counts the lists and mappings in brackets around the node that is converted.
	brackets int
}

func (c *converter) convert(n ast.Node, depth int) *node {
	out := &node{at: c.tokenAt(n.GetToken()), size: 1}
	if depth > maxDepth {
		return c.reject(out, "nested too deeply", "a policy is at most a few levels deep")
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		c.convertMapping(out, n, depth)
	case *ast.MappingValueNode:
		c.addEntry(out, n, depth)
	case *ast.SequenceNode:
		out.form = list
		defer c.within(n.IsFlowStyle)()
		for _, item := range n.Values {
			c.add(out, c.convert(item, depth+1))
		}
	case *ast.AnchorNode:
		return c.convertAnchor(n, depth)
	case *ast.AliasNode:
		return c.resolve(out, n)
	case *ast.TagNode:
		return c.reject(out, "tags are not part of a policy", fmt.Sprintf("remove %s", n.GetToken().Value))
	case *ast.LiteralNode:
		out.form, out.value = text, n.Value.Value
	case ast.ScalarNode:
		c.convertScalar(out, n.GetToken())
	default:
		return c.reject(out, "unexpected YAML", "write a plain mapping, list or value")
	}
	if out.size > maxNodes {
		return c.reject(out, "the file unfolds into too many values", "use fewer aliases")
	}
	return out
}

func (c *converter) reject(out *node, message, hint string) *node {
	c.report(out.at, analysis.Malformed, message, hint)
	return &node{form: refused, at: out.at, size: 1}
}

// within is called where a list or mapping begins, and what it returns where it ends.
func (c *converter) within(brackets bool) func() {
	if !brackets {
		return func() {}
	}
	c.brackets++
	return func() { c.brackets-- }
}

func (c *converter) add(to, item *node) {
	to.items = append(to.items, item)
	to.size += item.size
}

func (c *converter) convertScalar(out *node, t *token.Token) {
	out.value, out.form = t.Value, text
	if !quoted(t) {
		out.value = plainText(t.Origin)
		out.form = plainForm(out.value)
		c.mustQuote(out)
	}
}

func (c *converter) convertMapping(out *node, n *ast.MappingNode, depth int) {
	out.form = mapping
	defer c.within(n.IsFlowStyle)()
	for _, v := range n.Values {
		c.addEntry(out, v, depth)
	}
	switch {
	case n.IsFlowStyle && n.Start != nil:
		out.at = c.tokenAt(n.Start)
	case len(out.entries) > 0:
		out.at = out.entries[0].key.at
	}
}

func (c *converter) addEntry(out *node, n *ast.MappingValueNode, depth int) {
	out.form = mapping
	var key ast.Node = n.Key
	if explicit, ok := key.(*ast.MappingKeyNode); ok {
		key = explicit.Value
	}
	if _, merge := key.(*ast.MergeKeyNode); merge {
		c.report(c.tokenAt(key.GetToken()), analysis.Malformed, "`<<` is not part of a policy", "write the keys out, or use an alias for the whole value")
		out.entries = append(out.entries, entry{&node{form: refused, at: c.tokenAt(key.GetToken())}, &node{form: refused}})
		return
	}
	c.spaced(key, n)
	c.indented(key, n)
	e := entry{key: c.convert(key, depth+1)}
	if n.Value == nil {
		e.value = &node{form: null, at: e.key.at, size: 1}
	} else {
		e.value = c.convert(n.Value, depth+1)
	}
	if len(out.entries) == 0 {
		out.at = e.key.at
	}
	out.entries = append(out.entries, e)
	out.size += e.value.size + 1
}

func (c *converter) convertAnchor(n *ast.AnchorNode, depth int) *node {
	value := c.convert(n.Value, depth+1)
	c.anchors[n.Name.GetToken().Value] = value
	return value
}

func (c *converter) resolve(out *node, n *ast.AliasNode) *node {
	name := n.Value.GetToken().Value
	if target, ok := c.anchors[name]; ok {
		here := *target
		here.at = out.at
		return &here
	}
	return c.reject(out, fmt.Sprintf("there is no anchor &%s before this alias", name), "define it above the alias, not around it")
}
