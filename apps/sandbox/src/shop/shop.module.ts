import type { Provider, Type } from '@nestjs/common';
import type { SandboxSettings } from '../sandbox.config.ts';
import { ConfirmCheckoutHandler } from './confirm-checkout.handler.ts';
import { FollowCheckoutHandler } from './follow-checkout.handler.ts';
import { IntakeClient } from './intake.client.ts';
import { PostCheckoutHandler } from './post-checkout.handler.ts';
import { ReadCheckoutHandler } from './read-checkout.handler.ts';
import { ShopAccess } from './shop-access.service.ts';
import { ShopCheckoutsController } from './shop-checkouts.controller.ts';
import { ShopOptions } from './shop-options.types.ts';
import { ShopOrderRepository } from './shop-order.repository.ts';
import { ShopPageController } from './shop-page.controller.ts';
import { ShopPages } from './shop-pages.service.ts';
import { StartCheckoutHandler } from './start-checkout.handler.ts';

/** The shop's part of the emulator's module: it plays the browser by what the control API plays it by. */
export const SHOP_CONTROLLERS: Type[] = [ShopPageController, ShopCheckoutsController];

export function shopProviders(settings: SandboxSettings): Provider[] {
  return [
    { provide: ShopOptions, useValue: toShopOptions(settings) },
    ShopAccess,
    ShopPages,
    ShopOrderRepository,
    IntakeClient,
    StartCheckoutHandler,
    PostCheckoutHandler,
    ReadCheckoutHandler,
    FollowCheckoutHandler,
    ConfirmCheckoutHandler,
  ];
}

function toShopOptions(settings: SandboxSettings): ShopOptions {
  const {
    SANDBOX_SHOP_INTAKE_URL: url,
    SANDBOX_SHOP_INTAKE_API_KEY: apiKey,
    TOLLGATE_OPERATOR_TOKEN: token,
  } = settings;
  const intake = url === undefined || apiKey === undefined ? undefined : { url: url.replace(/\/+$/, ''), apiKey };
  return new ShopOptions(token, intake);
}
