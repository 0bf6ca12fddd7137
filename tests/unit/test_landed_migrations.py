"""A migration that has landed never changes: a database that has had it would lack what was added to it later."""

from __future__ import annotations

import hashlib
from pathlib import Path

VERSIONS = Path(__file__).parents[2] / "storage" / "migrations" / "versions"

LANDED = {
    "0001_ground": "22ca7b8e91dd11a18ca78e3fe3d4f04b5af935283648f2e25cc6385856b2adce",
    "0002_broadcasts": "966d79d6fc7307d776036746b377a3e85c059367fb3985046bd2a56fe95f70cd",
    "0003_audit": "a92de968d281a1a4f06b6b940a782369d0ba88acb6144dfc71081b893ead8bd9",
    "0004_memberships": "ea383be2dd32bfb8b6d34022168adaa14878e8c011a461e9d0605f4e47d29028",
    "0005_activities": "58ee212f3de0914fdf6355918955c4b3fc66dd23722fd76986c1f750faa5541c",
    "0006_cases": "12d28cefd9660278352db549e62db58d4639b789c58a142055e5de8f7bc4dd30",
    "0007_running": "ea5d23bd38249cf7c6a7338d068b5a3d0e7a3bbb2804663d7e61927517782e0e",
    "0008_urgent_cases": "b88759115d0b94845b4fc936cc9fbfd5ab174f55215d16e8cf5695888d505f26",
    "0009_strikes": "188b3abc4501adbfa4d5b666eb4c7179316cb6ca958b81a78887f1e475f8f420",
    "0010_deliveries_in_order": "ebc99a29070df2fbc282728ea8ffc335ff821812589f5073ec76950b75fe6539",
    "0011_leases": "82544c9222dff8b61d3dbf19561359dc0dc816efc6fbef8e162b7e820a19bb6e",
    "0012_rights": "ec01d6ebc78268d7c0fbfa06e2dff7e65b767841b9a4108d04c700eb7178633a",
    "0013_pseudonyms": "5ffdcddb96ede8fbd587203016e079a69fa3fa3a2aca1961ff2d2ad99a876a0d",
    "0014_parties": "9e09ae14c2f0a3c7af72c3cc4fbabaa29c22ee591bd038b66647952739ed7cec",
    "0015_bound_seals": "17b1ad83c1209ae85c0651a9f46acc4dcefc5dbaaba672cc38617c26cfa02911",
    "0016_releases": "d56b6ca6911d94d9c15ff77c667fe62f9a6bdb1d9613db2dacd4fb9f67c694a2",
    "0017_pins": "1b3e07e47e93213be92a7ae45346aa94f5ea36e1507de4740d61747a8d9aef89",
    "0018_sealed_settings": "d486c54808d30c2cc763b66ef3e08da23600c44310347f3384470bd660f5769f",
    "0019_large_tables": "d6dc965831698888eedc89352e2893f0260ae6ce379b2f59b9f0b031225c523d",
    "0020_changes_in_pieces": "3cb76eb5e0bcc919586ed161eaf7f55f1077acb3da15a971e4016e05f7f72493",
    "0021_campaigns": "9998aa5ba5b4931792084c489aa2c748a6cecd90924fe77ee97c57782c1c8af7",
    "0022_surveys": "a8fdc6b0dbb7d0cc88f2d6e59e4af37a99ba5c98f07fc07f22bb50d434a45652",
    "0023_demands": "5421d8dc201d1c42a080b844516cce5896f72d4209710ff363b820a8e0ca4ea2",
    "0024_agreements": "d4aca242cab1ced11e2dd472e28c93a06d94ca2886a4cea538e53947d6f4decd",
    "0025_ballots": "b0b1d37eef6d67a4c5f3805e6c4395dd34f1186596ccf8135e0bb8b8b6fcc294",
    "0026_pay": "986098dc1d6d2c5e2482b816a3a8ed28976479381485ad0fff3bfd1502163073",
    "0027_contests": "3cbc9ba5dc89a4d8a26f8df1bb4573384a2b68f2d64b3c6e78aaa71fb50f722a",
    "0028_honours": "e789734e78a301ced52a5b7d0a662936be4b532bbca02f0258e13017d312b643",
    "0029_draws": "cc442ac3bcb5f5e66962b5f02cb94329104ac25dd4b0ad87d7a70b13092c4e7f",
    "0030_pages": "97201501a5b99bb6d7218200079405e0334f141e68a489bcf7abac0d37ec2c2a",
    "0032_station_proposals": "716f64b9c653e0a1f94b9202b82388c2b8564c4906f98b9661011179fbef78c8",
    "0033_answers": "763b33c718cfa1f72ae13cce2926d7405daf633fc2e0550f393c11c1f9f2271a",
    "0034_heat": "d3ef0a7361571814597f553aa44d5194f7527eea588e61156cdfe4cf45c87387",
    "0036_pay_pool": "05d6d12049b932846fdc4d9a64d9097c9563eadfce5ed58ef0a2e5ed0bd1fedc",
    "0035_sos": "7a45fbc73866b618ba580016b901b9ade2b16371f38242234b737e4ceb856a5f",
    "0038_collective_cases": "781a694c8fd84ad1b887b112e87433e9a304dd81d37fc418d057520ab4e23299",
    "0042_contest_teams": "5df8dc8a32cfc423c15a57f870eddba8465a1facb1d9bc58771e8fa8b818eca8",
    "0043_case_places": "b8a1b001ccf000434fe06a8d9fb14f65287380ef56459fa98446e43db1b5e33e",
    "0045_contest_team_left": "23e6ba07f5da3d4b54a5cae5d0f80b9df1aa93968c88f3e44b5ad12b1299461f",
}


def test_every_migration_is_as_it_landed() -> None:
    """What else has to change is a migration of its own; a new one is added here by the commit that brings it."""
    found = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(VERSIONS.glob("0*.py"))}
    assert found == LANDED
