// Package schema states the form of the policy file as a JSON Schema, by which editors complete and check it.
//
// A schema knows only the form. `disputectl policy check` also finds what is wrong with the rules together.
package schema

import (
	"bytes"
	"encoding/json"
)

// Name is what the schema's file is called, and what a policy file refers to.
const Name = "policy.schema.json"

// Comment is the policy file's first line, which points editors with a YAML language server to the schema.
const Comment = "# yaml-language-server: $schema=" + Name

// JSON returns the schema: draft 2020-12, indented, the same bytes each time.
func JSON() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(policyFile()); err != nil {
		panic(err) // Texts, integers and maps of them always encode.
	}
	return b.Bytes()
}

// shape is one schema. Its keywords are in the order in which they are written.
type shape struct {
	Schema               string            `json:"$schema,omitempty"`
	Title                string            `json:"title,omitempty"`
	Ref                  string            `json:"$ref,omitempty"`
	Description          string            `json:"description,omitempty"`
	Type                 any               `json:"type,omitempty"` // a type, or a list of them
	Enum                 []string          `json:"enum,omitempty"`
	Const                any               `json:"const,omitempty"`
	Examples             []string          `json:"examples,omitempty"`
	Pattern              string            `json:"pattern,omitempty"`
	Minimum              *int64            `json:"minimum,omitempty"`
	Maximum              *int64            `json:"maximum,omitempty"`
	MinItems             int               `json:"minItems,omitempty"`
	UniqueItems          bool              `json:"uniqueItems,omitempty"`
	Items                *shape            `json:"items,omitempty"`
	MinProperties        int               `json:"minProperties,omitempty"`
	Required             []string          `json:"required,omitempty"`
	PropertyNames        *shape            `json:"propertyNames,omitempty"`
	Properties           map[string]*shape `json:"properties,omitempty"`
	AdditionalProperties any               `json:"additionalProperties,omitempty"` // a shape, or false
	OneOf                []*shape          `json:"oneOf,omitempty"`
	Not                  *shape            `json:"not,omitempty"`
	AnyOf                []*shape          `json:"anyOf,omitempty"`
	If                   *shape            `json:"if,omitempty"`
	Then                 *shape            `json:"then,omitempty"`
	Else                 *shape            `json:"else,omitempty"`
	Defs                 map[string]*shape `json:"$defs,omitempty"`
}

// The types.
const (
	aText    = "string"
	aNumber  = "integer"
	aFlag    = "boolean"
	aList    = "array"
	aMapping = "object"
)

// object is a mapping of these keys and no others.
func object(description string, properties map[string]*shape, required ...string) *shape {
	return &shape{Description: description, Type: aMapping, Properties: properties, Required: required, AdditionalProperties: false}
}

// listOf is a list of at least one item, each different.
func listOf(description string, items *shape) *shape {
	return &shape{Description: description, Type: aList, MinItems: 1, UniqueItems: true, Items: items}
}

// atLeast is a whole number.
func atLeast(n int64, description string) *shape {
	return &shape{Description: description, Type: aNumber, Minimum: &n, Maximum: &largest}
}

// defined refers to a shape of the schema's $defs.
func defined(name, description string) *shape {
	return &shape{Ref: "#/$defs/" + name, Description: description}
}

func text(description string) *shape { return &shape{Description: description, Type: aText} }
func flag(description string) *shape { return &shape{Description: description, Type: aFlag} }
