package inventory

// Traits that only a phone can tell: of the phone itself, and of an app by what its phone says of it.
const (
	TraitPatchOld         TraitID = "patch-level-old"
	TraitPatchVeryOld     TraitID = "patch-level-very-old"
	TraitPlayProtectOff   TraitID = "play-protect-off"
	TraitADBVerifierOff   TraitID = "adb-verifier-off"
	TraitUSBDebugging     TraitID = "usb-debugging-on"
	TraitUSBDebuggingUsed TraitID = "usb-debugging-used"
	TraitDeveloperOptions TraitID = "developer-options-on"
	TraitADBWifi          TraitID = "adb-wifi-on"
	TraitGlobalProxy      TraitID = "global-proxy"
	TraitPrivateDNSCustom TraitID = "private-dns-custom"
	TraitManagedDevice    TraitID = "managed-device"
	TraitOtherUsers       TraitID = "other-users"
	TraitInstallsAllowed  TraitID = "app-installs-allowed"
	TraitRooted           TraitID = "rooted"
	TraitUnlockedBoot     TraitID = "boot-unlocked"
	TraitTestSystem       TraitID = "test-system"

	TraitRestrictedSettings TraitID = "restricted-settings-allowed"
	TraitRecordsDisagree    TraitID = "phone-records-disagree"
	TraitSignerRecords      TraitID = "signer-records-disagree"
)

var deviceTraits = []TraitInfo{
	{TraitPatchOld, "has a system without security fixes of the last half year"},
	{TraitPatchVeryOld, "has a system without security fixes of the last year"},
	{TraitPlayProtectOff, "has Google Play's check of apps switched off"},
	{TraitADBVerifierOff, "does not have apps checked that come over a cable"},
	{TraitUSBDebugging, "lets a computer control it over a cable (USB debugging)"},
	{TraitUSBDebuggingUsed, "lets a computer control it over a cable (USB debugging), which is how it was read"},
	{TraitDeveloperOptions, "has the options for developers switched on"},
	{TraitADBWifi, "lets a computer control it over Wi-Fi (wireless debugging)"},
	{TraitGlobalProxy, "sends its web traffic through a proxy"},
	{TraitPrivateDNSCustom, "asks one chosen server where to find every site (private DNS)"},
	{TraitManagedDevice, "is managed by an administrator's app"},
	{TraitOtherUsers, "has further users or profiles"},
	{TraitInstallsAllowed, "lets some apps install other apps"},
	{TraitRooted, "can give apps the rights of the system (rooted)"},
	{TraitUnlockedBoot, "starts any system, not only its maker's"},
	{TraitTestSystem, "runs a system that is built for tests"},
	{TraitRestrictedSettings, "was let past the bar that Android sets before special access for apps from files"},
	{TraitRecordsDisagree, "is told of in two ways by the phone's own records"},
	{TraitSignerRecords, "has another signer in the phone's records than in its file"},
}
