package template

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/localaws"
)

// Whoever deploys by the console sees each parameter in a group, with a label, what it means and what it may be.
func TestEachParameterIsExplained(t *testing.T) {
	deployed := Read(t)
	grouped := map[string]int{}
	for _, group := range deployed.Metadata.Interface.Groups {
		for _, name := range group.Parameters {
			grouped[name]++
		}
	}
	for name, p := range deployed.Parameters {
		if p.Description == "" || deployed.Metadata.Interface.Labels[name].Default == "" || grouped[name] != 1 {
			t.Errorf("%s: description %q, label %q, in %d groups", name, p.Description, deployed.Metadata.Interface.Labels[name].Default, grouped[name])
		}
		if constrained := p.AllowedPattern != "" || p.MinValue != 0; constrained && !strings.HasPrefix(p.ConstraintDescription, name+" is ") {
			t.Errorf("%s is constrained, and its constraint is described as %q", name, p.ConstraintDescription)
		}
	}
	if len(grouped) != len(deployed.Parameters) || len(deployed.Metadata.Interface.Labels) != len(deployed.Parameters) {
		t.Errorf("%d parameters, %d of them grouped and %d with a label", len(deployed.Parameters), len(grouped), len(deployed.Metadata.Interface.Labels))
	}
	for name, output := range deployed.Outputs {
		if output.Description == "" {
			t.Errorf("output %s is not described", name)
		}
	}
}

func TestEachRoleHasTheBoundaryAndTheCustomerKey(t *testing.T) {
	deployed := Read(t)
	users := deployed.Resources["CustomerKey"].Properties.Roles
	roles := 0
	for name, r := range deployed.Resources {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		roles++
		if !slices.Equal(r.Properties.PermissionsBoundary, texts{"HasPermissionsBoundary", "PermissionsBoundaryArn", "AWS::NoValue"}) {
			t.Errorf("%s: its boundary is %v", name, r.Properties.PermissionsBoundary)
		}
		if !slices.Contains(users, name) {
			t.Errorf("%s is not among those that may use the customer key: %v", name, users)
		}
	}
	if roles == 0 || len(users) != roles {
		t.Errorf("%d roles; the customer key is for %v", roles, users)
	}
}

// Whoever may read or publish what the key encrypts may use the key by way of that service.
func TestPeopleMayUseTheCustomerKeyWhereTheyRead(t *testing.T) {
	for _, name := range []string{"Viewer", "Pauser", "Operator", "Maintainer"} {
		policy := Read(t).Policy(t, name)
		at := slices.IndexFunc(policy, func(s Statement) bool { return s.Sid == "CustomerKey" })
		if at < 0 {
			t.Errorf("%s may not use the customer key", name)
			continue
		}
		via := strings.Join(policy[at].Condition["StringEquals"][viaService], " ")
		for _, action := range []string{"dynamodb:GetItem", "sqs:ReceiveMessage", "sns:Publish"} {
			service, _, _ := strings.Cut(action, ":")
			uses := slices.ContainsFunc(policy, func(s Statement) bool { return slices.Contains(s.Actions, action) })
			if uses != strings.Contains(via, service+".") {
				t.Errorf("%s: %s %t, and the key is for %s", name, action, uses, via)
			}
		}
	}
}

func TestWhatTheCustomerKeyEncrypts(t *testing.T) {
	encrypted := map[string]int{"AWS::DynamoDB::Table": 0, "AWS::SQS::Queue": 0, "AWS::SNS::Topic": 0, "AWS::Logs::LogGroup": 0}
	for name, r := range Read(t).Resources {
		if _, holds := encrypted[r.Type]; !holds {
			continue
		}
		encrypted[r.Type]++
		key := slices.Concat(r.Properties.KmsMasterKeyID, r.Properties.KmsKeyID, r.Properties.Encryption.KMSMasterKeyID)
		if !slices.Equal(key, texts{"HasCustomerKey", "CustomerKeyArn", "AWS::NoValue"}) {
			t.Errorf("the key of %s is %v", name, key)
		}
	}
	for kind, n := range encrypted {
		if n == 0 {
			t.Errorf("the template has no %s", kind)
		}
	}
}

// A function is built in a folder that says for what, and started by its name: an alias would go on with old settings.
func TestHowFunctionsAreBuiltAndStarted(t *testing.T) {
	root, err := localaws.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	functions := 0
	for name, r := range Read(t).Resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		functions++
		if r.Metadata.WorkingDirectory != "tools/package/${Environment}/${Architecture}" || r.Properties.AutoPublishAlias != "" {
			t.Errorf("%s is built in %q and started by %q", name, r.Metadata.WorkingDirectory, r.Properties.AutoPublishAlias)
		}
	}
	if functions == 0 {
		t.Error("the template has no function")
	}
	for _, folder := range []string{"test/arm64", "test/x86_64", "live/arm64", "live/x86_64"} {
		if _, err := os.Stat(filepath.Join(root, "tools", "package", folder)); err != nil {
			t.Error(err)
		}
	}
}
