package axml

// Resource ids of Android's own attributes. Android finds an attribute of its namespace by this id,
// never by the name in the string pool. Source: public.xml of the Android framework.
const (
	AttrIDTheme                                uint32 = 0x01010000
	AttrIDLabel                                uint32 = 0x01010001
	AttrIDIcon                                 uint32 = 0x01010002
	AttrIDName                                 uint32 = 0x01010003
	AttrIDAllowClearUserData                   uint32 = 0x01010005
	AttrIDPermission                           uint32 = 0x01010006
	AttrIDReadPermission                       uint32 = 0x01010007
	AttrIDWritePermission                      uint32 = 0x01010008
	AttrIDProtectionLevel                      uint32 = 0x01010009
	AttrIDPermissionGroup                      uint32 = 0x0101000a
	AttrIDSharedUserId                         uint32 = 0x0101000b
	AttrIDHasCode                              uint32 = 0x0101000c
	AttrIDPersistent                           uint32 = 0x0101000d
	AttrIDEnabled                              uint32 = 0x0101000e
	AttrIDDebuggable                           uint32 = 0x0101000f
	AttrIDExported                             uint32 = 0x01010010
	AttrIDProcess                              uint32 = 0x01010011
	AttrIDTaskAffinity                         uint32 = 0x01010012
	AttrIDExcludeFromRecents                   uint32 = 0x01010017
	AttrIDAuthorities                          uint32 = 0x01010018
	AttrIDInitOrder                            uint32 = 0x0101001a
	AttrIDGrantUriPermissions                  uint32 = 0x0101001b
	AttrIDPriority                             uint32 = 0x0101001c
	AttrIDLaunchMode                           uint32 = 0x0101001d
	AttrIDDescription                          uint32 = 0x01010020
	AttrIDTargetPackage                        uint32 = 0x01010021
	AttrIDValue                                uint32 = 0x01010024
	AttrIDResource                             uint32 = 0x01010025
	AttrIDMimeType                             uint32 = 0x01010026
	AttrIDScheme                               uint32 = 0x01010027
	AttrIDHost                                 uint32 = 0x01010028
	AttrIDPort                                 uint32 = 0x01010029
	AttrIDPath                                 uint32 = 0x0101002a
	AttrIDPathPrefix                           uint32 = 0x0101002b
	AttrIDPathPattern                          uint32 = 0x0101002c
	AttrIDTargetActivity                       uint32 = 0x01010202
	AttrIDAllowTaskReparenting                 uint32 = 0x01010204
	AttrIDMinSdkVersion                        uint32 = 0x0101020c
	AttrIDVersionCode                          uint32 = 0x0101021b
	AttrIDVersionName                          uint32 = 0x0101021c
	AttrIDSettingsActivity                     uint32 = 0x01010225
	AttrIDTargetSdkVersion                     uint32 = 0x01010270
	AttrIDMaxSdkVersion                        uint32 = 0x01010271
	AttrIDTestOnly                             uint32 = 0x01010272
	AttrIDBackupAgent                          uint32 = 0x0101027f
	AttrIDAllowBackup                          uint32 = 0x01010280
	AttrIDGlEsVersion                          uint32 = 0x01010281
	AttrIDRequired                             uint32 = 0x0101028e
	AttrIDInstallLocation                      uint32 = 0x010102b7
	AttrIDAccessibilityEventTypes              uint32 = 0x01010380
	AttrIDPackageNames                         uint32 = 0x01010381
	AttrIDAccessibilityFeedbackType            uint32 = 0x01010382
	AttrIDNotificationTimeout                  uint32 = 0x01010383
	AttrIDAccessibilityFlags                   uint32 = 0x01010384
	AttrIDCanRetrieveWindowContent             uint32 = 0x01010385
	AttrIDIsolatedProcess                      uint32 = 0x010103a9
	AttrIDPermissionFlags                      uint32 = 0x010103c7
	AttrIDCanRequestTouchExplorationMode       uint32 = 0x010103d7
	AttrIDCanRequestEnhancedWebAccessibility   uint32 = 0x010103d8
	AttrIDCanRequestFilterKeyEvents            uint32 = 0x010103d9
	AttrIDSsp                                  uint32 = 0x010103e3
	AttrIDSspPrefix                            uint32 = 0x010103e4
	AttrIDSspPattern                           uint32 = 0x010103e5
	AttrIDBanner                               uint32 = 0x010103f2
	AttrIDIsGame                               uint32 = 0x010103f4
	AttrIDDocumentLaunchMode                   uint32 = 0x01010445
	AttrIDMultiArch                            uint32 = 0x0101048e
	AttrIDRevisionCode                         uint32 = 0x010104d5
	AttrIDExtractNativeLibs                    uint32 = 0x010104ea
	AttrIDFullBackupContent                    uint32 = 0x010104eb
	AttrIDUsesCleartextTraffic                 uint32 = 0x010104ec
	AttrIDAutoVerify                           uint32 = 0x010104ee
	AttrIDShowForAllUsers                      uint32 = 0x010104ef
	AttrIDResizeableActivity                   uint32 = 0x010104f6
	AttrIDDirectBootAware                      uint32 = 0x01010505
	AttrIDCanPerformGestures                   uint32 = 0x0101050d
	AttrIDExternalService                      uint32 = 0x0101050e
	AttrIDNetworkSecurityConfig                uint32 = 0x01010527
	AttrIDRoundIcon                            uint32 = 0x0101052c
	AttrIDVisibleToInstantApps                 uint32 = 0x01010531
	AttrIDAppCategory                          uint32 = 0x01010545
	AttrIDCertDigest                           uint32 = 0x01010548
	AttrIDIsolatedSplits                       uint32 = 0x0101054b
	AttrIDTargetSandboxVersion                 uint32 = 0x0101054c
	AttrIDIsFeatureSplit                       uint32 = 0x0101055b
	AttrIDCompileSdkVersion                    uint32 = 0x01010572
	AttrIDCompileSdkVersionCodename            uint32 = 0x01010573
	AttrIDVersionCodeMajor                     uint32 = 0x01010576
	AttrIDAppComponentFactory                  uint32 = 0x0101057a
	AttrIDIsSplitRequired                      uint32 = 0x01010591
	AttrIDInteractiveUiTimeout                 uint32 = 0x01010595
	AttrIDForegroundServiceType                uint32 = 0x01010599
	AttrIDHasFragileUserData                   uint32 = 0x0101059a
	AttrIDAllowAudioPlaybackCapture            uint32 = 0x01010601
	AttrIDRequestLegacyExternalStorage         uint32 = 0x01010603
	AttrIDForceQueryable                       uint32 = 0x01010608
	AttrIDCanTakeScreenshot                    uint32 = 0x0101060f
	AttrIDSdkVersion                           uint32 = 0x01010610
	AttrIDMinExtensionVersion                  uint32 = 0x01010611
	AttrIDAutoRevokePermissions                uint32 = 0x01010613
	AttrIDPreserveLegacyExternalStorage        uint32 = 0x01010614
	AttrIDMimeGroup                            uint32 = 0x01010615
	AttrIDPathSuffix                           uint32 = 0x0101061e
	AttrIDPathAdvancedPattern                  uint32 = 0x01010620
	AttrIDMemtagMode                           uint32 = 0x01010624
	AttrIDKnownCerts                           uint32 = 0x0101062a
	AttrIDDataExtractionRules                  uint32 = 0x0101063e
	AttrIDIsAccessibilityTool                  uint32 = 0x01010641
	AttrIDAttributionTags                      uint32 = 0x01010642
	AttrIDUsesPermissionFlags                  uint32 = 0x01010644
	AttrIDRequestRawExternalStorageAccess      uint32 = 0x01010645
	AttrIDSharedUserMaxSdkVersion              uint32 = 0x0101064d
	AttrIDRequiredSplitTypes                   uint32 = 0x0101064e
	AttrIDSplitTypes                           uint32 = 0x0101064f
	AttrIDLocaleConfig                         uint32 = 0x0101065b
	AttrIDKnownActivityEmbeddingCerts          uint32 = 0x0101066a
	AttrIDEnableOnBackInvokedCallback          uint32 = 0x0101066c
	AttrIDAllowCrossUidActivitySwitchFromBelow uint32 = 0x010106a1
	AttrIDIntentMatchingFlags                  uint32 = 0x010106a9
)

// attributeNames holds the name that Android's compilers write beside each id. It is never changed.
var attributeNames = map[uint32]string{
	AttrIDTheme: "theme", AttrIDLabel: "label", AttrIDIcon: "icon", AttrIDName: "name",
	AttrIDAllowClearUserData: "allowClearUserData", AttrIDPermission: "permission",
	AttrIDReadPermission: "readPermission", AttrIDWritePermission: "writePermission",
	AttrIDProtectionLevel: "protectionLevel", AttrIDPermissionGroup: "permissionGroup",
	AttrIDSharedUserId: "sharedUserId", AttrIDHasCode: "hasCode", AttrIDPersistent: "persistent",
	AttrIDEnabled: "enabled", AttrIDDebuggable: "debuggable", AttrIDExported: "exported", AttrIDProcess: "process",
	AttrIDTaskAffinity: "taskAffinity", AttrIDExcludeFromRecents: "excludeFromRecents",
	AttrIDAuthorities: "authorities", AttrIDInitOrder: "initOrder", AttrIDGrantUriPermissions: "grantUriPermissions",
	AttrIDPriority: "priority", AttrIDLaunchMode: "launchMode", AttrIDDescription: "description",
	AttrIDTargetPackage: "targetPackage", AttrIDValue: "value", AttrIDResource: "resource", AttrIDMimeType: "mimeType",
	AttrIDScheme: "scheme", AttrIDHost: "host", AttrIDPort: "port", AttrIDPath: "path", AttrIDPathPrefix: "pathPrefix",
	AttrIDPathPattern: "pathPattern", AttrIDTargetActivity: "targetActivity",
	AttrIDAllowTaskReparenting: "allowTaskReparenting", AttrIDMinSdkVersion: "minSdkVersion",
	AttrIDVersionCode: "versionCode", AttrIDVersionName: "versionName", AttrIDSettingsActivity: "settingsActivity",
	AttrIDTargetSdkVersion: "targetSdkVersion", AttrIDMaxSdkVersion: "maxSdkVersion", AttrIDTestOnly: "testOnly",
	AttrIDBackupAgent: "backupAgent", AttrIDAllowBackup: "allowBackup", AttrIDGlEsVersion: "glEsVersion",
	AttrIDRequired: "required", AttrIDInstallLocation: "installLocation",
	AttrIDAccessibilityEventTypes: "accessibilityEventTypes", AttrIDPackageNames: "packageNames",
	AttrIDAccessibilityFeedbackType: "accessibilityFeedbackType", AttrIDNotificationTimeout: "notificationTimeout",
	AttrIDAccessibilityFlags: "accessibilityFlags", AttrIDCanRetrieveWindowContent: "canRetrieveWindowContent",
	AttrIDIsolatedProcess: "isolatedProcess", AttrIDPermissionFlags: "permissionFlags",
	AttrIDCanRequestTouchExplorationMode:     "canRequestTouchExplorationMode",
	AttrIDCanRequestEnhancedWebAccessibility: "canRequestEnhancedWebAccessibility",
	AttrIDCanRequestFilterKeyEvents:          "canRequestFilterKeyEvents", AttrIDSsp: "ssp", AttrIDSspPrefix: "sspPrefix",
	AttrIDSspPattern: "sspPattern", AttrIDBanner: "banner", AttrIDIsGame: "isGame",
	AttrIDDocumentLaunchMode: "documentLaunchMode", AttrIDMultiArch: "multiArch", AttrIDRevisionCode: "revisionCode",
	AttrIDExtractNativeLibs: "extractNativeLibs", AttrIDFullBackupContent: "fullBackupContent",
	AttrIDUsesCleartextTraffic: "usesCleartextTraffic", AttrIDAutoVerify: "autoVerify",
	AttrIDShowForAllUsers: "showForAllUsers", AttrIDResizeableActivity: "resizeableActivity",
	AttrIDDirectBootAware: "directBootAware", AttrIDCanPerformGestures: "canPerformGestures",
	AttrIDExternalService: "externalService", AttrIDNetworkSecurityConfig: "networkSecurityConfig",
	AttrIDRoundIcon: "roundIcon", AttrIDVisibleToInstantApps: "visibleToInstantApps", AttrIDAppCategory: "appCategory",
	AttrIDCertDigest: "certDigest", AttrIDIsolatedSplits: "isolatedSplits",
	AttrIDTargetSandboxVersion: "targetSandboxVersion", AttrIDIsFeatureSplit: "isFeatureSplit",
	AttrIDCompileSdkVersion: "compileSdkVersion", AttrIDCompileSdkVersionCodename: "compileSdkVersionCodename",
	AttrIDVersionCodeMajor: "versionCodeMajor", AttrIDAppComponentFactory: "appComponentFactory",
	AttrIDIsSplitRequired: "isSplitRequired", AttrIDInteractiveUiTimeout: "interactiveUiTimeout",
	AttrIDForegroundServiceType: "foregroundServiceType", AttrIDHasFragileUserData: "hasFragileUserData",
	AttrIDAllowAudioPlaybackCapture:    "allowAudioPlaybackCapture",
	AttrIDRequestLegacyExternalStorage: "requestLegacyExternalStorage", AttrIDForceQueryable: "forceQueryable",
	AttrIDCanTakeScreenshot: "canTakeScreenshot", AttrIDSdkVersion: "sdkVersion",
	AttrIDMinExtensionVersion: "minExtensionVersion", AttrIDAutoRevokePermissions: "autoRevokePermissions",
	AttrIDPreserveLegacyExternalStorage: "preserveLegacyExternalStorage", AttrIDMimeGroup: "mimeGroup",
	AttrIDPathSuffix: "pathSuffix", AttrIDPathAdvancedPattern: "pathAdvancedPattern", AttrIDMemtagMode: "memtagMode",
	AttrIDKnownCerts: "knownCerts", AttrIDDataExtractionRules: "dataExtractionRules",
	AttrIDIsAccessibilityTool: "isAccessibilityTool", AttrIDAttributionTags: "attributionTags",
	AttrIDUsesPermissionFlags:             "usesPermissionFlags",
	AttrIDRequestRawExternalStorageAccess: "requestRawExternalStorageAccess",
	AttrIDSharedUserMaxSdkVersion:         "sharedUserMaxSdkVersion", AttrIDRequiredSplitTypes: "requiredSplitTypes",
	AttrIDSplitTypes: "splitTypes", AttrIDLocaleConfig: "localeConfig",
	AttrIDKnownActivityEmbeddingCerts:          "knownActivityEmbeddingCerts",
	AttrIDEnableOnBackInvokedCallback:          "enableOnBackInvokedCallback",
	AttrIDAllowCrossUidActivitySwitchFromBelow: "allowCrossUidActivitySwitchFromBelow",
	AttrIDIntentMatchingFlags:                  "intentMatchingFlags",
}
