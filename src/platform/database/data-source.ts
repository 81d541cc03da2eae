import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { ConfigurationIsVersionedAndAccessIsByKey1764000001000 } from '../../../migrations/1764000001000-configuration-is-versioned-and-access-is-by-key.js';
import { EachDayLeavesASignedHead1764000030000 } from '../../../migrations/1764000030000-each-day-leaves-a-signed-head.js';
import { PostingsOfADayAreFoundWithoutReadingAll1764000031000 } from '../../../migrations/1764000031000-postings-of-a-day-are-found-without-reading-all.js';
import { TheProgrammeHasAClockOfItsOwn1764000010000 } from '../../../migrations/1764000010000-the-programme-has-a-clock-of-its-own.js';
import { LimitsAreSharedBySlots1764000050000 } from '../../../migrations/1764000050000-limits-are-shared-by-slots.js';
import { MemberOwnedTablesStartWithTheBucket1764000000000 } from '../../../migrations/1764000000000-member-owned-tables-start-with-the-bucket.js';
import { RedemptionsPayAreDeliveredAndUsed1764000050100 } from '../../../migrations/1764000050100-redemptions-pay-are-delivered-and-used.js';
import { MembersSayWhoTheyAreAndWhatTheyLike1764000070000 } from '../../../migrations/1764000070000-members-say-who-they-are-and-what-they-like.js';
import { CouponsAreUsedOnce1797021000000 } from '../../../migrations/1797021000000-coupons-are-used-once.js';
import { CouponsActivateOffers1797060000000 } from '../../../migrations/1797060000000-coupons-activate-offers.js';
import { VouchersHaveTermsAndLapse1797020000000 } from '../../../migrations/1797020000000-vouchers-have-terms-and-lapse.js';
import { ReturnsAndCorrectionsArePostings1764000005000 } from '../../../migrations/1764000005000-returns-and-corrections-are-postings.js';
import { OneDraftOfTheProgrammeIsWorkedOn1764000040000 } from '../../../migrations/1764000040000-one-draft-of-the-programme-is-worked-on.js';
import { StaffMayBeMembersThemselves1764000021000 } from '../../../migrations/1764000021000-staff-may-be-members-themselves.js';
import { StaffAdjustPointsWithinRollingLimits1764000020000 } from '../../../migrations/1764000020000-staff-adjust-points-within-rolling-limits.js';
import { WrongGuessesAreCountedForAllReplicas1764000060000 } from '../../../migrations/1764000060000-wrong-guesses-are-counted-for-all-replicas.js';
import { PointsAreConverted1797070000000 } from '../../../migrations/1797070000000-points-are-converted.js';
import { JobsAreLeasedInParts1797100000000 } from '../../../migrations/1797100000000-jobs-are-leased-in-parts.js';
import { VersionsArePilotedFirst1797050000000 } from '../../../migrations/1797050000000-versions-are-piloted-first.js';
import { WhatWaitsOfAStaffUserIsCounted1796800000000 } from '../../../migrations/1796800000000-what-waits-of-a-staff-user-is-counted.js';
import { MembersActivateOffersAndStaffPauseThem1797010000000 } from '../../../migrations/1797010000000-members-activate-offers-and-staff-pause-them.js';
import { ASilenceIsNotEndedByAReview1797090000000 } from '../../../migrations/1797090000000-a-silence-is-not-ended-by-a-review.js';
import { MembersAreOnUploadedLists1797091000000 } from '../../../migrations/1797091000000-members-are-on-uploaded-lists.js';
import { TiersAreReviewed1797000000000 } from '../../../migrations/1797000000000-tiers-are-reviewed.js';
import { PointsAreSold1797041000000 } from '../../../migrations/1797041000000-points-are-sold.js';
import { MembersReferFriends1797040000000 } from '../../../migrations/1797040000000-members-refer-friends.js';
import { PartnersPayForPointsInBlocks1797030000000 } from '../../../migrations/1797030000000-partners-pay-for-points-in-blocks.js';
import { PointsWaitForAPartner1797080000000 } from '../../../migrations/1797080000000-points-wait-for-a-partner.js';
import { EntriesOfAPartnerAreFound1797030100000 } from '../../../migrations/1797030100000-entries-of-a-partner-are-found.js';
import { MembersAreToldAndHowIsKept1797110000000 } from '../../../migrations/1797110000000-members-are-told-and-how-is-kept.js';
import { LotsThatExpireAreFound1797121000000 } from '../../../migrations/1797121000000-lots-that-expire-are-found.js';
import { WhatWentByExpiryIsFound1797120000000 } from '../../../migrations/1797120000000-what-went-by-expiry-is-found.js';
import { MembersSayHowTheyMayBeTold1797112000000 } from '../../../migrations/1797112000000-members-say-how-they-may-be-told.js';
import { SpendingIsFrozen1797131000000 } from '../../../migrations/1797131000000-spending-is-frozen.js';
import { DocumentsAreAuditedBeforeTheyArePublished1797150000000 } from '../../../migrations/1797150000000-documents-are-audited-before-they-are-published.js';
import { AuditsSayFromWhenTheyLook1797191000000 } from '../../../migrations/1797191000000-audits-say-from-when-they-look.js';
import { WithheldPointsAreCleared1797300000000 } from '../../../migrations/1797300000000-withheld-points-are-cleared.js';
import { AuditsLookAtHistory1797190000000 } from '../../../migrations/1797190000000-audits-look-at-history.js';
import { StatementsAreAnnounced1797132000000 } from '../../../migrations/1797132000000-statements-are-announced.js';
import { PointsAreRenewed1797140000000 } from '../../../migrations/1797140000000-points-are-renewed.js';
import { SilentMembersAreFound1797130000000 } from '../../../migrations/1797130000000-silent-members-are-found.js';
import { PointsThatGoBySilenceAreFound1797160000000 } from '../../../migrations/1797160000000-points-that-go-by-silence-are-found.js';
import { WhatMembersDoIsWatched1797170000000 } from '../../../migrations/1797170000000-what-members-do-is-watched.js';
import { WhatHappensIsToldToThoseWhoListen1797111000000 } from '../../../migrations/1797111000000-what-happens-is-told-to-those-who-listen.js';

/**
 * Milliseconds. Waiting longer for a lock or a statement means something is wrong elsewhere. A
 * request with the key of one in flight is answered within two seconds of waiting for it.
 */
const limits = { lock: 1_800, statement: 30_000, idleInTransaction: 10_000 };

export interface ConnectionSettings {
  url: string;
  /** Connections this process may open at most. */
  poolMax: number;
}

const sessionSettings = [
  '-c timezone=UTC',
  '-c default_transaction_isolation=read\\ committed',
  `-c lock_timeout=${String(limits.lock)}`,
  `-c statement_timeout=${String(limits.statement)}`,
  `-c idle_in_transaction_session_timeout=${String(limits.idleInTransaction)}`,
];

/** Name of the data source whose connections the ledger's lanes write over. */
export const LANES = 'lanes';

/** Options of the connections that serve ordinary reads and writes. */
export function servingOptions(settings: ConnectionSettings): DataSourceOptions {
  return optionsOf(settings, 'fealty', sessionSettings);
}

/** Options of a connection over which a long look at history reads, apart from all others. */
export function historyOptions(url: string): DataSourceOptions {
  return optionsOf({ url, poolMax: 1 }, 'fealty-history', sessionSettings);
}

/**
 * Options of the lanes. They join a few rows of a batch to big tables by primary key; without
 * statistics the planner would rather read all.
 */
export function laneOptions(settings: ConnectionSettings): DataSourceOptions {
  const byKey = ['hashjoin', 'mergejoin', 'seqscan'].map((way) => `-c enable_${way}=off`);
  const session = [...sessionSettings, ...byKey];
  return optionsOf(settings, 'fealty-lane', session);
}

/**
 * A connection that is ended just as it is lent has nobody who listens yet, and an error nobody
 * listens to would end the process. Whoever asks it next is told that it is lost.
 */
class HeardClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

function optionsOf(
  { url, poolMax }: ConnectionSettings,
  applicationName: string,
  session: readonly string[],
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize: poolMax,
    applicationName,
    extra: {
      connectionTimeoutMillis: 5_000,
      options: session.join(' '),
      Client: HeardClient,
    },
  };
}

/** The owner's connection, which only migrates. */
export function owningDataSource(ownerUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: ownerUrl,
    poolSize: 1,
    applicationName: 'fealty-migrate',
    migrationsTableName: 'migrations',
    migrations: [
      LimitsAreSharedBySlots1764000050000,
      RedemptionsPayAreDeliveredAndUsed1764000050100,
      MemberOwnedTablesStartWithTheBucket1764000000000,
      ConfigurationIsVersionedAndAccessIsByKey1764000001000,
      EachDayLeavesASignedHead1764000030000,
      OneDraftOfTheProgrammeIsWorkedOn1764000040000,
      MembersSayWhoTheyAreAndWhatTheyLike1764000070000,
      PostingsOfADayAreFoundWithoutReadingAll1764000031000,
      ReturnsAndCorrectionsArePostings1764000005000,
      StaffAdjustPointsWithinRollingLimits1764000020000,
      StaffMayBeMembersThemselves1764000021000,
      TheProgrammeHasAClockOfItsOwn1764000010000,
      WrongGuessesAreCountedForAllReplicas1764000060000,
      WhatWaitsOfAStaffUserIsCounted1796800000000,
      MembersActivateOffersAndStaffPauseThem1797010000000,
      TiersAreReviewed1797000000000,
      ASilenceIsNotEndedByAReview1797090000000,
      MembersAreOnUploadedLists1797091000000,
      VersionsArePilotedFirst1797050000000,
      PointsAreConverted1797070000000,
      VouchersHaveTermsAndLapse1797020000000,
      CouponsAreUsedOnce1797021000000,
      CouponsActivateOffers1797060000000,
      MembersReferFriends1797040000000,
      PointsAreSold1797041000000,
      PartnersPayForPointsInBlocks1797030000000,
      EntriesOfAPartnerAreFound1797030100000,
      PointsWaitForAPartner1797080000000,
      JobsAreLeasedInParts1797100000000,
      MembersAreToldAndHowIsKept1797110000000,
      WhatHappensIsToldToThoseWhoListen1797111000000,
      MembersSayHowTheyMayBeTold1797112000000,
      SilentMembersAreFound1797130000000,
      SpendingIsFrozen1797131000000,
      StatementsAreAnnounced1797132000000,
      DocumentsAreAuditedBeforeTheyArePublished1797150000000,
      PointsThatGoBySilenceAreFound1797160000000,
      AuditsLookAtHistory1797190000000,
      AuditsSayFromWhenTheyLook1797191000000,
      WithheldPointsAreCleared1797300000000,
      WhatWentByExpiryIsFound1797120000000,
      LotsThatExpireAreFound1797121000000,
      PointsAreRenewed1797140000000,
      WhatMembersDoIsWatched1797170000000,
    ],
  });
}
