package template

import (
	"testing"

	"github.com/goccy/go-yaml"
)

const conditional = `
Statement:
  - Sid: Cases
    Effect: Allow
    Action:
      - dynamodb:GetItem
      - dynamodb:UpdateItem
    Resource: !GetAtt Table.Arn
    Condition:
      ForAllValues:StringLike:
        dynamodb:LeadingKeys:
          - dispute#*
          - warm
      "Null":
        dynamodb:LeadingKeys: "false"
  - !If
    - HasKey
    - Sid: Key
      Effect: Allow
      Action: kms:Decrypt
      Resource: "*"
    - !Ref AWS::NoValue
  - Sid: Open
    Effect: Allow
    Action: dynamodb:Query
    Resource: !Sub ${Table.Arn}/index/due
    Condition:
      ForAllValues:StringLike:
        dynamodb:LeadingKeys: a*c
`

// What the tests of the template believe IAM does.
func TestAllows(t *testing.T) {
	var d document
	if err := yaml.Unmarshal([]byte(conditional), &d); err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Statement {
		if err := s.understood(); err != nil {
			t.Error(err)
		}
	}
	policy := Policy(d.Statement)
	for _, c := range []struct {
		action, resource string
		keys             []string
		want             bool
	}{
		{"dynamodb:GetItem", "Table.Arn", []string{"dispute#1"}, true},
		{"dynamodb:UpdateItem", "Table.Arn", []string{"dispute#1", "warm"}, true},
		{"dynamodb:GetItem", "Table.Arn", []string{"dispute#1", "control"}, false},
		{"dynamodb:GetItem", "Table.Arn", []string{"xdispute#1"}, false},
		{"dynamodb:GetItem", "Table.Arn", []string{"warmer"}, false},
		{"dynamodb:GetItem", "Table.Arn", nil, false},
		{"dynamodb:PutItem", "Table.Arn", []string{"dispute#1"}, false},
		{"dynamodb:GetItem", "Other.Arn", []string{"dispute#1"}, false},
		{"kms:Decrypt", "anything", nil, true},
		{"dynamodb:Query", "${Table.Arn}/index/due", []string{"abc"}, true},
		{"dynamodb:Query", "${Table.Arn}/index/due", []string{"ab"}, false},
		{"dynamodb:Query", "${Table.Arn}/index/due", nil, true}, // ForAllValues by itself is true of nothing
	} {
		if got := policy.Allows(c.action, c.resource, c.keys...); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestWhatIsNotUnderstood(t *testing.T) {
	allow := func(condition map[string]map[string]texts) Statement {
		return Statement{Effect: "Allow", Actions: texts{"a"}, Resources: texts{"r"}, Condition: condition}
	}
	for name, s := range map[string]Statement{
		"a denial":         {Effect: "Deny", Actions: texts{"a"}, Resources: texts{"r"}},
		"all but":          {Effect: "Allow", Resources: texts{"r"}},
		"another operator": allow(map[string]map[string]texts{"StringLike": {leadingKeys: {"a"}}}),
		"of no service":    allow(map[string]map[string]texts{"StringLike": {viaService: {"sqs*"}}}),
		"another key":      allow(map[string]map[string]texts{"Null": {"aws:SourceAccount": {"true"}}}),
		"one key more":     allow(map[string]map[string]texts{"Null": {leadingKeys: {"true"}, "aws:SourceAccount": {"true"}}}),
	} {
		if s.understood() == nil {
			t.Errorf("%s is understood", name)
		}
	}
}
