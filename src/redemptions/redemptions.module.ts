import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { CouponBatchesService } from './coupons/coupon-batches.service.js';
import { CouponCodesQueries } from './coupons/coupon-codes.queries.js';
import { CouponLocks } from './coupons/coupon-locks.job.js';
import { CouponsController } from './coupons/coupons.controller.js';
import { CouponsService } from './coupons/coupons.service.js';
import { OpenHoldsReader } from './open-holds.reader.js';
import { OwnRedemptionsController } from './own-redemptions.controller.js';
import { RedemptionDesk } from './redemption-desk.service.js';
import { RedemptionsController } from './redemptions.controller.js';
import { RedemptionsQueries } from './redemptions.queries.js';
import { RedemptionsService } from './redemptions.service.js';
import { VoucherCodesQueries } from './vouchers/voucher-codes.queries.js';
import { VouchersController } from './vouchers/vouchers.controller.js';
import { VouchersService } from './vouchers/vouchers.service.js';
import { HoldTimeOuts } from './hold-time-outs.job.js';
import { VoucherLapses } from './vouchers/voucher-lapses.job.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [
    CouponsController,
    RedemptionsController,
    OwnRedemptionsController,
    VouchersController,
  ],
  providers: [
    CouponBatchesService,
    CouponCodesQueries,
    CouponLocks,
    CouponsService,
    OpenHoldsReader,
    RedemptionDesk,
    RedemptionsQueries,
    RedemptionsService,
    VoucherCodesQueries,
    VouchersService,
    HoldTimeOuts,
    VoucherLapses,
  ],
  exports: [CouponBatchesService, RedemptionsService, VouchersService],
})
export class RedemptionsModule {}
