package template

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// adopted is what stands for each reference to the stack's own table if the stack adopts another one.
var adopted = map[string]string{
	"!Ref Table":                      "!Ref TableName",
	"!GetAtt Table.StreamArn":         "!Ref TableStreamArn",
	"!GetAtt Table.Arn":               "!Select [0, !Split [/stream/, !Ref TableStreamArn]]",
	"!Sub ${Table.Arn}/index/due":     "!Sub " + adoptedARN + "/index/due",
	"!Sub ${Table.Arn}/index/journal": "!Sub " + adoptedARN + "/index/journal",
	`!Sub "${Table.Arn}/stream/*"`:    `!Sub "` + adoptedARN + `/stream/*"`,
}

const adoptedARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}"

// toTable matches every way to refer to the resource Table.
var toTable = regexp.MustCompile(`!Ref Table$|!GetAtt Table\.|\$\{Table[.}]`)

// A reference that an adopted table does not follow would have the functions read one table and watch or protect another.
func TestEachReferenceFollowsAnAdoptedTable(t *testing.T) {
	file, err := parser.ParseBytes(text(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := references{t: t}
	ast.Walk(&r, file.Docs[0].Body)
	if r.all == 0 || r.all != r.followed {
		t.Errorf("%d of %d references to the table follow an adopted one", r.followed, r.all)
	}
}

// references counts the references to the table, and those that stand in an !If beside what an adopted table has instead.
type references struct {
	t             *testing.T
	all, followed int
}

func (r *references) Visit(node ast.Node) ast.Visitor {
	tag, ok := node.(*ast.TagNode)
	if !ok {
		return r
	}
	if tag.Start.Value != "!If" {
		if toTable.MatchString(plain(tag)) {
			r.all++
		}
		return r
	}
	branches := tag.Value.(*ast.SequenceNode).Values
	if plain(branches[0]) != "CreateTable" {
		return r
	}
	own, other := values(branches[1]), values(branches[2])
	for i, reference := range own {
		if want, known := adopted[reference]; known && i < len(other) && other[i] == want {
			r.followed++
		} else {
			r.t.Errorf("line %d: beside %s stands %q, want %q", tag.Start.Position.Line, reference, other, want)
		}
	}
	return r
}

// values returns one value, or those of a list.
func values(node ast.Node) []string {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return []string{plain(node)}
	}
	var all []string
	for _, one := range list.Values {
		all = append(all, plain(one))
	}
	return all
}

func plain(node ast.Node) string { return strings.TrimSpace(node.String()) }

func TestOnlyTheTableItselfDependsOnBeingCreated(t *testing.T) {
	for name, r := range Read(t).Resources {
		if got, want := r.Condition == "CreateTable", name == "Table"; got != want {
			t.Errorf("%s has the condition %q", name, r.Condition)
		}
	}
}

func TestWhichTablesCanBeAdopted(t *testing.T) {
	const stream = "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes-restored/stream/2026-11-28T10:00:00.000"
	for parameter, values := range map[string]map[string]bool{
		"TableName": {"": true, "disputes-restored": true, "a.b_c-1": true, "ab": false, "a table": false, strings.SplitAfter(stream, "restored")[0]: false},
		"TableStreamArn": {
			"": true, stream: true, strings.Replace(stream, "aws", "aws-cn", 1): true, stream + "/x": false,
			strings.Split(stream, "/stream")[0]: false, "2026-11-28T10:00:00.000": false,
		},
	} {
		pattern := regexp.MustCompile(Read(t).Parameters[parameter].AllowedPattern)
		for value, want := range values {
			if got := pattern.MatchString(value); got != want {
				t.Errorf("%s=%q is allowed: %v, want %v", parameter, value, got, want)
			}
		}
	}
}

// The journal, the logs and the secrets outlive a stack whose data is kept. So does what a changed name replaces.
func TestWhatIsKeptWhenTheStackGoes(t *testing.T) {
	kept := map[string]int{"AWS::DynamoDB::Table": 0, "AWS::SecretsManager::Secret": 0, "AWS::Logs::LogGroup": 0}
	want := texts{"KeepData", "Retain", "Delete"}
	for name, r := range Read(t).Resources {
		if _, data := kept[r.Type]; !data {
			continue
		}
		kept[r.Type]++
		if !slices.Equal(r.DeletionPolicy, want) || !slices.Equal(r.UpdateReplacePolicy, want) {
			t.Errorf("%s: what happens to it is %v, and if it is replaced %v; want %v", name, r.DeletionPolicy, r.UpdateReplacePolicy, want)
		}
	}
	for kind, n := range kept {
		if n == 0 {
			t.Errorf("the template has no %s", kind)
		}
	}
}

// A kept log group with a fixed name would be in the way of a stack of the same name, deployed anew.
func TestNoLogGroupIsInTheWayOfTheNextStack(t *testing.T) {
	file, err := parser.ParseBytes(text(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	ast.Walk(visitor(func(node ast.Node) {
		pair, ok := node.(*ast.MappingValueNode)
		if !ok || pair.Key.String() != "LogGroupName" {
			return
		}
		names++
		if !strings.Contains(pair.String(), "AWS::StackId") {
			t.Errorf("it has the same name in each stack: %s", pair)
		}
	}), file.Docs[0].Body)
	if names == 0 {
		t.Error("the template names no log group")
	}
}

type visitor func(ast.Node)

func (v visitor) Visit(node ast.Node) ast.Visitor {
	v(node)
	return v
}
