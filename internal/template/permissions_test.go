package template

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"disputecloser/internal/localaws"
)

// deployed are the actions without which CloudFormation cannot create, change and delete a type of the template's resources.
// Those of SAM are what it makes of them.
var deployed = map[string][]string{
	"AWS::DynamoDB::Table":        {"dynamodb:CreateTable", "dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:UpdateTimeToLive", "dynamodb:UpdateContinuousBackups"},
	"AWS::SecretsManager::Secret": {"secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"},
	"AWS::Serverless::HttpApi":    {"apigateway:POST", "apigateway:PUT", "apigateway:PATCH", "apigateway:DELETE", "logs:CreateLogDelivery", "lambda:AddPermission", "lambda:RemovePermission"},
	"AWS::Serverless::Function": {
		"lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction", "lambda:PutFunctionConcurrency",
		"lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:PutFunctionEventInvokeConfig",
		"scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule", "iam:PassRole",
	},
	"AWS::Logs::LogGroup":             {"logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup", "logs:AssociateKmsKey"},
	"AWS::Logs::QueryDefinition":      {"logs:PutQueryDefinition", "logs:DeleteQueryDefinition"},
	"AWS::IAM::Role":                  {"iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PutRolePermissionsBoundary"},
	"AWS::IAM::Policy":                {"iam:PutRolePolicy", "iam:DeleteRolePolicy"},
	"AWS::IAM::ManagedPolicy":         {"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"},
	"AWS::SQS::Queue":                 {"sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue"},
	"AWS::SNS::Topic":                 {"sns:CreateTopic", "sns:SetTopicAttributes", "sns:DeleteTopic"},
	"AWS::SNS::TopicPolicy":           {"sns:SetTopicAttributes"},
	"AWS::SNS::Subscription":          {"sns:Subscribe", "sns:Unsubscribe"},
	"AWS::CloudWatch::Alarm":          {"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"},
	"AWS::CloudWatch::CompositeAlarm": {"cloudwatch:PutCompositeAlarm", "cloudwatch:DeleteAlarms"},
	"AWS::CloudWatch::Dashboard":      {"cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"},
}

// Whoever has docs/deployer-policy.json can deploy every resource of the template.
func TestTheDeployersPolicyCoversTheTemplate(t *testing.T) {
	allowed := deployersActions(t)
	for name, r := range Read(t).Resources {
		actions, known := deployed[r.Type]
		if !known {
			t.Errorf("%s is a %s, of which this test does not know what its deployment needs", name, r.Type)
		}
		for _, action := range actions {
			if !slices.Contains(allowed, action) {
				t.Errorf("%s, a %s, needs %s, which docs/deployer-policy.json does not allow", name, r.Type, action)
			}
		}
	}
}

// maxPolicy is IAM's limit of a managed policy in characters, white space left out.
const maxPolicy = 6144

func deployersActions(t *testing.T) texts {
	t.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "deployer-policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var policy struct{ Statement []struct{ Action any } }
	if err := json.Unmarshal(text, &policy); err != nil {
		t.Fatal(err)
	}
	var all texts
	for _, statement := range policy.Statement {
		all.add(statement.Action)
	}
	length := 0
	for _, b := range text {
		if b > ' ' {
			length++
		}
	}
	if length > maxPolicy {
		t.Errorf("docs/deployer-policy.json has %d characters; IAM takes %d", length, maxPolicy)
	}
	return all
}
