package template

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

type document struct {
	Statement []Statement `yaml:"Statement"`
}

// Policy holds the statements of a role or of a managed policy.
type Policy []Statement

// Statement is one statement of a policy, with its references as they are written: "Table.Arn" for !GetAtt Table.Arn.
type Statement struct {
	Sid       string                      `yaml:"Sid"`
	Effect    string                      `yaml:"Effect"`
	Actions   texts                       `yaml:"Action"`
	Resources texts                       `yaml:"Resource"`
	Condition map[string]map[string]texts `yaml:"Condition"`
}

const (
	leadingKeys = "dynamodb:LeadingKeys"
	viaService  = "kms:ViaService"
)

// Policy returns the statements of a role or a managed policy. It fails for a policy that Allows does not understand.
func (t Template) Policy(tb testing.TB, name string) Policy {
	tb.Helper()
	p := t.Resources[name].Properties
	all := Policy(p.PolicyDocument.Statement)
	for _, attached := range p.Policies {
		all = append(all, attached.PolicyDocument.Statement...)
	}
	if len(all) == 0 {
		tb.Fatalf("the template has no policy %s", name)
	}
	for _, s := range all {
		if err := s.understood(); err != nil {
			tb.Fatalf("policy %s, statement %s: %v", name, s.Sid, err)
		}
	}
	return all
}

func (s Statement) understood() error {
	if s.Effect != "Allow" {
		return fmt.Errorf("the effect is %q", s.Effect)
	}
	if len(s.Actions) == 0 || len(s.Resources) == 0 {
		return errors.New("it has no action or no resource")
	}
	for operator, keys := range s.Condition {
		if _, via := keys[viaService]; via && len(keys) == 1 && operator == "StringEquals" {
			continue
		}
		if _, ok := keys[leadingKeys]; !ok || len(keys) != 1 || operator != "ForAllValues:StringLike" && operator != "Null" {
			return fmt.Errorf("the condition %s of %v", operator, keys)
		}
	}
	return nil
}

// Allows reports whether IAM allows an action on a resource, such as "Table.Arn", to a request that names these partition
// keys. Without keys, it is about a request that names none.
func (p Policy) Allows(action, resource string, keys ...string) bool {
	return slices.ContainsFunc(p, func(s Statement) bool {
		return s.Actions.match(action) && s.Resources.match(resource) && s.meets(keys)
	})
}

// meets reports whether the condition is true. One about the service that uses a KMS key is taken for true. A set operator is true of a request that names no key (ForAllValues).
func (s Statement) meets(keys []string) bool {
	for operator, want := range s.Condition {
		patterns, about := want[leadingKeys]
		if !about {
			continue
		}
		if operator == "Null" {
			if fmt.Sprint(len(keys) == 0) != patterns[0] {
				return false
			}
		} else if slices.ContainsFunc(keys, func(key string) bool { return !patterns.match(key) }) {
			return false
		}
	}
	return true
}

// texts is one text or a list of them. Of an !If, it holds the condition's name and both branches.
type texts []string

// UnmarshalYAML reads one text or a list.
func (t *texts) UnmarshalYAML(read func(any) error) error {
	var value any
	err := read(&value)
	t.add(value)
	return err
}

func (t *texts) add(value any) {
	switch value := value.(type) {
	case string:
		*t = append(*t, value)
	case []any:
		for _, one := range value {
			t.add(one)
		}
	}
}

// match reports whether one of the texts, as a pattern of IAM, matches the value. Other wildcards than a * are not used.
func (t texts) match(value string) bool {
	return slices.ContainsFunc(t, func(pattern string) bool {
		before, after, wild := strings.Cut(pattern, "*")
		return pattern == value || wild && len(value) >= len(before)+len(after) && strings.HasPrefix(value, before) && strings.HasSuffix(value, after)
	})
}

// UnmarshalYAML reads a statement, or the one of an !If.
func (s *Statement) UnmarshalYAML(read func(any) error) error {
	type plain Statement
	if read((*plain)(s)) == nil {
		return nil
	}
	var choice []any
	if err := read(&choice); err != nil || len(choice) != 3 {
		return fmt.Errorf("neither a statement nor an !If: %w", err)
	}
	text, err := yaml.Marshal(choice[1])
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, (*plain)(s))
}
