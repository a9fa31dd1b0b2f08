"""Which actions hand a role to a service, or have it create its service-linked role, and under which names it is known.

From the columns "Dependent actions" of the Service Authorization Reference, "Grant a user permissions to pass a role to
an AWS service" (IAM User Guide), and what the guides of the services say of the roles that they take and of their
service-linked roles. AWS publishes no list of it: an action that is not here may do so too.
"""

from collections.abc import Mapping
from functools import cache

from iamlint.record import NamedTuple

# Names of service principals without `.amazonaws.com`, then the actions; a service may have several lines.
_PASSING = """
access-analyzer  access-analyzer:StartPolicyGeneration
aiops  aiops:CreateInvestigationGroup aiops:UpdateInvestigationGroup
airflow,airflow-env  airflow:CreateEnvironment airflow:UpdateEnvironment
amplify  amplify:CreateApp amplify:UpdateApp
apigateway  apigateway:PATCH apigateway:POST apigateway:PUT
application-autoscaling  application-autoscaling:RegisterScalableTarget
build.apprunner,tasks.apprunner  apprunner:CreateService apprunner:UpdateService
appstream  appstream:CreateFleet appstream:CreateImageBuilder appstream:UpdateFleet
appsync  appsync:CreateDataSource appsync:CreateGraphqlApi appsync:UpdateDataSource appsync:UpdateGraphqlApi
athena  athena:CreateWorkGroup athena:UpdateWorkGroup
autoscaling,ec2  autoscaling:CreateAutoScalingGroup autoscaling:UpdateAutoScalingGroup autoscaling:PutLifecycleHook
ec2  autoscaling:CreateLaunchConfiguration
backup  backup:CreateBackupPlan backup:CreateBackupSelection backup:CreateRestoreTestingSelection backup:Start*Job
backup  backup:UpdateBackupPlan backup:UpdateRestoreTestingSelection
backup-gateway  backup-gateway:PutHypervisorPropertyMappings backup-gateway:StartVirtualMachinesMetadataSync
backup-search  backup-search:StartSearchResultExportJob
batch,ec2,ecs-tasks,spotfleet  batch:CreateComputeEnvironment batch:UpdateComputeEnvironment
ecs-tasks  batch:RegisterJobDefinition
bedrock  bedrock:CreateAgent bedrock:UpdateAgent bedrock:CreateFlow bedrock:UpdateFlow bedrock:Create*Job
bedrock  bedrock:CreateKnowledgeBase bedrock:UpdateKnowledgeBase bedrock:PutModelInvocationLoggingConfiguration
bedrock-agentcore  bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:UpdateAgentRuntime
bedrock-agentcore  bedrock-agentcore:CreateBrowser bedrock-agentcore:CreateCodeInterpreter
bedrock-agentcore  bedrock-agentcore:CreateGateway bedrock-agentcore:UpdateGateway bedrock-agentcore:CreateMemory
bedrock-agentcore  bedrock-agentcore:UpdateMemory
budgets  budgets:CreateBudgetAction budgets:UpdateBudgetAction
mediapipelines.chime  chime:CreateMediaInsightsPipelineConfiguration chime:UpdateMediaInsightsPipelineConfiguration
cleanrooms  cleanrooms:CreateConfiguredTableAssociation cleanrooms:UpdateConfiguredTableAssociation
cleanrooms  cleanrooms:CreateMembership cleanrooms:UpdateMembership
cloudformation  cloudformation:CreateStack cloudformation:UpdateStack cloudformation:DeleteStack
cloudformation  cloudformation:CreateChangeSet cloudformation:CreateStackSet cloudformation:UpdateStackSet
cloudtrail  cloudtrail:CreateTrail cloudtrail:UpdateTrail cloudtrail:EnableFederation
streams.metrics.cloudwatch  cloudwatch:PutMetricStream
codebuild  codebuild:CreateProject codebuild:UpdateProject
codecatalyst,codecatalyst-runner  codecatalyst:AssociateIamRoleToConnection
codedeploy  codedeploy:CreateDeploymentGroup codedeploy:UpdateDeploymentGroup
codepipeline  codepipeline:CreatePipeline codepipeline:UpdatePipeline
cognito-identity  cognito-identity:SetIdentityPoolRoles
cognito-idp  cognito-idp:CreateUserPool cognito-idp:UpdateUserPool cognito-idp:SetUserPoolMfaConfig
comprehend  comprehend:CreateDocumentClassifier comprehend:CreateEntityRecognizer comprehend:Start*Job
config  config:PutConfigurationAggregator config:PutConfigurationRecorder
ssm  config:PutRemediationConfigurations config:StartRemediationExecution
databrew  databrew:CreateProfileJob databrew:CreateProject databrew:CreateRecipeJob databrew:UpdateProfileJob
datapipeline,ec2,elasticmapreduce  datapipeline:CreatePipeline datapipeline:PutPipelineDefinition
datasync  datasync:CreateLocationS3
datazone  datazone:CreateDomain datazone:UpdateDomain
dax  dax:CreateCluster
credentials.deadline,deadline  deadline:CreateFleet deadline:CreateMonitor deadline:CreateQueue deadline:UpdateFleet
credentials.deadline,deadline  deadline:UpdateMonitor deadline:UpdateQueue
dlm  dlm:CreateLifecyclePolicy dlm:UpdateLifecyclePolicy
dms  dms:CreateDataMigration dms:CreateDataProvider dms:CreateEndpoint dms:CreateReplicationInstance
dms  dms:ModifyDataMigration dms:ModifyEndpoint dms:StartReplicationTaskAssessmentRun
ec2  drs:StartRecovery
ds  ds:EnableRoleAccess
ec2  ec2:AssociateIamInstanceProfile ec2:CreateFleet ec2:ReplaceIamInstanceProfileAssociation ec2:RequestSpotInstances
ec2  ec2:RunInstances
ec2,spotfleet  ec2:RequestSpotFleet
vmie  ec2:ExportImage ec2:ImportImage ec2:ImportSnapshot
vpc-flow-logs  ec2:CreateFlowLogs
ecr  ecr:CreateRepositoryCreationTemplate ecr:UpdateRepositoryCreationTemplate
ecs,ecs-tasks  ecs:CreateService ecs:RegisterTaskDefinition ecs:RunTask ecs:StartTask ecs:UpdateService
eks  eks:CreateCluster eks:CreateFargateProfile eks:CreateNodegroup
pods.eks  eks:CreatePodIdentityAssociation eks:UpdatePodIdentityAssociation
ec2,elasticbeanstalk  elasticbeanstalk:CreateEnvironment elasticbeanstalk:UpdateEnvironment
elasticfilesystem  elasticfilesystem:CreateReplicationConfiguration
application-autoscaling,ec2,elasticmapreduce  elasticmapreduce:RunJobFlow
elasticmapreduce  elasticmapreduce:CreateStudio
elastictranscoder  elastictranscoder:CreatePipeline elastictranscoder:UpdatePipeline
emr-serverless  emr-serverless:AccessInteractiveEndpoints emr-serverless:AccessLivyEndpoints emr-serverless:StartJobRun
es  es:CreateDomain es:CreateElasticsearchDomain es:UpdateDomainConfig es:UpdateElasticsearchDomainConfig
events  events:PutRule events:PutTargets events:CreateApiDestination
firehose  firehose:CreateDeliveryStream firehose:UpdateDestination
fis  fis:CreateExperimentTemplate fis:UpdateExperimentTemplate
gamelift  gamelift:CreateBuild gamelift:CreateContainerFleet gamelift:CreateFleet gamelift:CreateGameServerGroup
gamelift  gamelift:CreateScript gamelift:UpdateGameServerGroup gamelift:UpdateScript
glue  glue:CreateCrawler glue:CreateDevEndpoint glue:CreateJob glue:CreateMLTransform glue:CreateSession
glue  glue:UpdateCrawler glue:UpdateDevEndpoint glue:UpdateJob
greengrass  greengrass:AssociateRoleToGroup greengrass:AssociateServiceRoleToAccount
malware-protection-plan.guardduty  guardduty:CreateMalwareProtectionPlan guardduty:UpdateMalwareProtectionPlan
ec2  iam:AddRoleToInstanceProfile
ec2,imagebuilder  imagebuilder:CreateImage imagebuilder:CreateImagePipeline imagebuilder:CreateLifecyclePolicy
ec2,imagebuilder  imagebuilder:CreateInfrastructureConfiguration imagebuilder:UpdateInfrastructureConfiguration
ec2,imagebuilder  imagebuilder:UpdateImagePipeline imagebuilder:UpdateLifecyclePolicy
iot  iot:CreateProvisioningTemplate iot:CreateTopicRule iot:ReplaceTopicRule iot:UpdateProvisioningTemplate
credentials.iot  iot:CreateRoleAlias iot:UpdateRoleAlias
iotfleetwise  iotfleetwise:RegisterAccount
kafka  kafka:CreateReplicator
kafkaconnect  kafkaconnect:CreateConnector
kendra  kendra:CreateDataSource kendra:CreateIndex kendra:UpdateDataSource kendra:UpdateIndex
kinesisanalytics  kinesisanalytics:CreateApplication kinesisanalytics:DiscoverInputSchema
lakeformation  lakeformation:RegisterResource
lambda  lambda:CreateCapacityProvider lambda:CreateFunction lambda:UpdateFunctionConfiguration
logs  logs:PutDestination logs:PutSubscriptionFilter
mediaconvert  mediaconvert:CreateJob
medialive  medialive:CreateChannel medialive:UpdateChannel
mediastore  mediastore:StartAccessLogging
ec2  mgn:StartCutover mgn:StartTest
omics  omics:StartRun
ec2,opsworks  opsworks:CloneStack opsworks:CreateStack opsworks:UpdateStack
osis-pipelines  osis:CreatePipeline osis:UpdatePipeline
personalize  personalize:CreateDatasetExportJob personalize:CreateDatasetImportJob
pipes  pipes:CreatePipe pipes:UpdatePipe
proton  proton:CreateEnvironment proton:UpdateAccountRoles proton:UpdateAccountSettings proton:UpdateEnvironment
quicksight  quicksight:CreateDataSource quicksight:CreateVPCConnection quicksight:UpdateDataSource
quicksight  quicksight:UpdateVPCConnection
monitoring.rds,rds  rds:CreateDBCluster rds:CreateDBInstance rds:CreateDBInstanceReadReplica rds:ModifyDBCluster
monitoring.rds,rds  rds:ModifyDBInstance rds:RestoreDB*
rds  rds:AddRoleToDBCluster rds:AddRoleToDBInstance rds:CreateDBProxy rds:ModifyDBProxy rds:ModifyOptionGroup
export.rds  rds:StartExportTask
redshift  redshift:CreateCluster redshift:ModifyClusterIamRoles redshift:RestoreFromClusterSnapshot
scheduler.redshift  redshift:CreateScheduledAction redshift:ModifyScheduledAction
redshift,redshift-serverless  redshift-serverless:CreateNamespace redshift-serverless:UpdateNamespace
rekognition  rekognition:CreateStreamProcessor
resource-groups  resource-groups:StartTagSyncTask
rolesanywhere  rolesanywhere:CreateProfile rolesanywhere:EnableProfile rolesanywhere:UpdateProfile
batchoperations.s3  s3:CreateJob
s3  s3:PutReplicationConfiguration
sagemaker  sagemaker:Create* sagemaker:Update* sagemaker:RenderUiTemplate
scheduler  scheduler:CreateSchedule scheduler:UpdateSchedule
securitylake  securitylake:CreateCustomLogSource securitylake:CreateDataLake securitylake:CreateSubscriberNotification
sns  sns:CreatePlatformApplication sns:SetPlatformApplicationAttributes sns:SetTopicAttributes
ssm  ssm:CreateActivation ssm:CreateAssociation ssm:RegisterTaskWithMaintenanceWindow ssm:SendCommand
ssm  ssm:StartAutomationExecution ssm:UpdateAssociation ssm:UpdateManagedInstanceRole
ssm-incidents  ssm-incidents:CreateResponsePlan ssm-incidents:UpdateResponsePlan
states  states:CreateStateMachine states:UpdateStateMachine
storagegateway  storagegateway:CreateNFSFileShare storagegateway:CreateSMBFileShare
lambda  synthetics:CreateCanary synthetics:UpdateCanary
timestream  timestream:CreateScheduledQuery
transcribe  transcribe:StartTranscriptionJob transcribe:StartCallAnalyticsJob
transfer  transfer:CreateAccess transfer:CreateAgreement transfer:CreateConnector transfer:CreateServer
transfer  transfer:CreateUser transfer:UpdateAccess transfer:UpdateAgreement transfer:UpdateConnector
transfer  transfer:UpdateServer transfer:UpdateUser
translate  translate:StartTextTranslationJob
"""

_LINKING = """
access-analyzer  access-analyzer:CreateAnalyzer
app-integrations  app-integrations:CreateApplication app-integrations:CreateDataIntegration
app-integrations  app-integrations:CreateEventIntegration
appsync  appsync:CreateGraphqlApi appsync:UpdateGraphqlApi
scraper.aps  aps:CreateScraper
practice-run.arc-zonal-shift  arc-zonal-shift:CreatePracticeRunConfiguration
autoscaling  autoscaling:CreateAutoScalingGroup
batch  batch:CreateComputeEnvironment
cloud9  cloud9:CreateEnvironmentEC2
cloudhsm  cloudhsm:CreateCluster
cloudtrail  cloudtrail:CreateEventDataStore cloudtrail:CreateTrail
cloudtrail  cloudtrail:UpdateEventDataStore cloudtrail:UpdateTrail
codeguru-reviewer  codeguru-reviewer:AssociateRepository
config  config:PutConfigurationRecorder
config-conforms  config:PutConformancePack
connect  connect:CreateInstance connect:UpdateInstanceAttribute
continuousexport.discovery  discovery:StartContinuousExport
dax  dax:CreateCluster
devicefarm  devicefarm:CreateTestGridProject
docdb-elastic  docdb-elastic:CreateCluster docdb-elastic:RestoreClusterFromSnapshot
drs  drs:InitializeService
dsql  dsql:CreateCluster
ec2fleet,spot  ec2:CreateFleet
spot  ec2:RequestSpotInstances ec2:RunInstances
spotfleet  ec2:RequestSpotFleet
transitgateway  ec2:CreateTransitGateway
ipam  ec2:CreateIpam
pullthroughcache.ecr  ecr:CreatePullThroughCacheRule
replication.ecr  ecr:PutReplicationConfiguration
ecs  ecs:CreateCluster ecs:CreateService
eks  eks:CreateCluster
eks-nodegroup  eks:CreateNodegroup
eks-fargate  eks:CreateFargateProfile
elasticache  elasticache:CreateCacheCluster elasticache:CreateReplicationGroup
elasticbeanstalk  elasticbeanstalk:CreateEnvironment elasticbeanstalk:UpdateEnvironment
elasticfilesystem  elasticfilesystem:CreateFileSystem elasticfilesystem:CreateMountTarget
elasticloadbalancing  elasticloadbalancing:CreateLoadBalancer
elasticmapreduce  elasticmapreduce:RunJobFlow
opensearchservice  es:CreateDomain es:CreateElasticsearchDomain
fis  fis:StartExperiment
s3.data-source.lustre.fsx,fsx  fsx:CreateFileSystem
globalaccelerator  globalaccelerator:CreateAccelerator
grafana  grafana:CreateWorkspace grafana:UpdateWorkspace
guardduty  guardduty:CreateDetector
imagebuilder  imagebuilder:CreateImage imagebuilder:CreateImagePipeline imagebuilder:StartImagePipelineExecution
kafka  kafka:CreateCluster kafka:CreateClusterV2 kafka:CreateReplicator
kafkaconnect  kafkaconnect:CreateConnector
cks.kms  kms:CreateCustomKeyStore
mrk.kms  kms:ReplicateKey
replicator.lambda  lambda:EnableReplication*
lexv2  lex:CreateBot
lightsail  lightsail:ExportSnapshot
macie  macie2:EnableMacie
memorydb  memorydb:CreateCluster
mgn  mgn:InitializeService
mq  mq:CreateBroker
network-firewall  network-firewall:CreateFirewall
networkmanager  networkmanager:CreateGlobalNetwork
organizations  organizations:CreateOrganization
osis  osis:CreatePipeline
ram  ram:EnableSharingWithAwsOrganization
rds  rds:CreateDBCluster rds:CreateDBInstance rds:RestoreDB*
redshift  redshift:CreateCluster
securityhub  securityhub:EnableSecurityHub
ssm-incidents  ssm-incidents:CreateReplicationSet
storagegateway  storagegateway:AssociateFileSystem
vpc-lattice  vpc-lattice:CreateService vpc-lattice:CreateServiceNetwork
wafv2  wafv2:PutLoggingConfiguration
workspaces-web  workspaces-web:CreatePortal
"""


class Taker(NamedTuple):
    """An action (or a pattern of some) and the names of the service principals for the role that goes with it."""

    action: str
    principals: tuple[str, ...]


@cache
def role_takers(right: str) -> Mapping[str, tuple[Taker, ...]]:
    """By service prefix, what needs `iam:PassRole` or `iam:CreateServiceLinkedRole`; KeyError for any other right."""
    text = {"iam:PassRole": _PASSING, "iam:CreateServiceLinkedRole": _LINKING}[right]
    found: dict[str, list[Taker]] = {}
    for line in text.strip().splitlines():
        names, *actions = line.split()
        principals = tuple(f"{name}.amazonaws.com" for name in names.split(","))
        for action in actions:
            found.setdefault(action.partition(":")[0], []).append(Taker(action, principals))
    return {service: tuple(takers) for service, takers in found.items()}
